package kinesis

import (
	"context"
	"maps"
	"slices"
	"strings"
	"unicode"

	"leat/awsapi"
	"leat/awsapi/shape"
)

// maxTags is how many tags a stream or a consumer may have.
const maxTags = 50

type tag struct{ Key, Value string }

// addTags puts new tags over old ones.
func addTags(of resource, old, new map[string]string) (map[string]string, error) {
	if err := checkTags(new); err != nil {
		return nil, err
	}
	tags := maps.Clone(old)
	if tags == nil {
		tags = map[string]string{}
	}
	maps.Copy(tags, new)
	if len(tags) > maxTags {
		return nil, awsapi.Errorf(invalidArgument, "Failed to add tags to %s because a given resource cannot have more than %d tags associated with it.", of, maxTags)
	}
	return tags, nil
}

func checkTags(tags map[string]string) error {
	for key, value := range tags {
		if !tagText(key) || !tagText(value) {
			return errTagText()
		}
		if strings.HasPrefix(strings.ToLower(key), "aws:") {
			return awsapi.Errorf(invalidArgument, "Tag keys that begin with aws: are reserved, as %s.", key)
		}
	}
	return nil
}

func errTagText() error {
	return awsapi.Errorf(invalidArgument, "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - %% @ :.")
}

// tagText reports whether a text has only characters that tags may have.
func tagText(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool {
		return !unicode.In(r, unicode.L, unicode.N, unicode.Z, unicode.M) && !strings.ContainsRune("_./=+-%@:", r)
	}) < 0
}

func removeTags(old map[string]string, keys []string) map[string]string {
	tags := maps.Clone(old)
	for _, key := range keys {
		delete(tags, key)
	}
	return tags
}

// sortedTags lists tags by key.
func sortedTags(tags map[string]string) []tag {
	list := []tag{}
	for _, key := range slices.Sorted(maps.Keys(tags)) {
		list = append(list, tag{key, tags[key]})
	}
	return list
}

// tag adds a request's tags to a resource.
func (a *api) tag(ctx context.Context, r resource, in shape.Object) (any, error) {
	return nil, a.relabel(ctx, r, func(part labelled) (err error) {
		*part.tags, err = addTags(r, *part.tags, in.TextMap("Tags"))
		return err
	})
}

// untag removes the tags that a request names.
func (a *api) untag(ctx context.Context, r resource, in shape.Object) (any, error) {
	if slices.ContainsFunc(in.TextList("TagKeys"), func(key string) bool { return !tagText(key) }) {
		return nil, errTagText()
	}
	return nil, a.relabel(ctx, r, func(part labelled) error {
		*part.tags = removeTags(*part.tags, in.TextList("TagKeys"))
		return nil
	})
}
