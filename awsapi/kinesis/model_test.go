package kinesis

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/vfs"

	"pgregory.net/rapid"
)

// A constraint is one thing that a request can break: where, and in AWS's words.
type constraint struct {
	at    string // as errors name it
	says  string
	steps []string // members, "[]" for an element, "{}" for a map's value
	// wrong makes a value that breaks it; absent, for a missing member.
	wrong func(rt *rapid.T) any
}

type absent struct{}

// constraints lists all that a shape asks.
func constraints(s *shape.Shape, at string, steps []string) []constraint {
	var list []constraint
	min, max := s.Bounds()
	add := func(says string, wrong func(*rapid.T) any) {
		list = append(list, constraint{at, says, slices.Clone(steps), wrong})
	}
	longer := func(make func(n int) any) {
		if min > 0 {
			add(fmt.Sprintf("Member must have length greater than or equal to %d", min), func(rt *rapid.T) any {
				return make(rapid.IntRange(0, int(min)-1).Draw(rt, "short"))
			})
		}
		if max != shape.NoMax {
			add(fmt.Sprintf("Member must have length less than or equal to %d", max), func(rt *rapid.T) any {
				return make(int(max) + rapid.IntRange(1, 3).Draw(rt, "over"))
			})
		}
	}
	switch s.Kind() {
	case shape.Structure:
		for _, member := range s.Members() {
			path, below := lowerFirst(member.Name), append(slices.Clone(steps), member.Name)
			if at != "" {
				path = at + "." + path
			}
			if member.Required {
				list = append(list, constraint{path, "Member must not be null", below, func(rt *rapid.T) any {
					return rapid.SampledFrom([]any{nil, absent{}}).Draw(rt, "nothing")
				}})
			}
			list = append(list, constraints(member.Shape, path, below)...)
		}
	case shape.List:
		longer(func(n int) any { return slices.Repeat([]any{valid(s.Element(), "x")}, n) })
		below := append(slices.Clone(steps), "[]")
		if s.Element().Kind() >= shape.List {
			return append(list, constraints(s.Element(), at+".1.member", below)...)
		}
		for _, part := range constraints(s.Element(), at, below) {
			part.says = "Member must satisfy constraint: ["
			list = append(list, part)
		}
	case shape.Map:
		longer(func(n int) any {
			entries := map[string]any{}
			for i := range n {
				entries[fmt.Sprintf("k%d", i)] = "v"
			}
			return entries
		})
		for _, part := range constraints(s.Key(), at, append(slices.Clone(steps), "{}")) {
			wrong := part.wrong
			part.says, part.steps = "Map keys must satisfy constraint: [", steps
			part.wrong = func(rt *rapid.T) any { return map[string]any{wrong(rt).(string): "v"} }
			list = append(list, part)
		}
		for _, part := range constraints(s.Element(), at, append(slices.Clone(steps), "{}")) {
			part.says = "Map value must satisfy constraint: ["
			list = append(list, part)
		}
	case shape.Text:
		if values := s.Values(); values != nil {
			add("Member must satisfy enum value set: ["+strings.Join(values, ", ")+"]", func(rt *rapid.T) any {
				return rapid.String().Filter(func(text string) bool { return !slices.Contains(values, text) }).Draw(rt, "other")
			})
			return list
		}
		longer(func(n int) any { return strings.Repeat("x", n) })
		if s.Pattern() != "" {
			pattern := regexp.MustCompile("^(?:" + s.Pattern() + ")$")
			add("Member must satisfy regular expression pattern: "+s.Pattern(), func(rt *rapid.T) any {
				return rapid.StringN(1, 20, -1).Filter(func(text string) bool { return !pattern.MatchString(text) }).Draw(rt, "odd")
			})
		}
	case shape.Blob:
		longer(func(n int) any { return make([]byte, n) })
	case shape.Integer:
		if min != shape.NoMin {
			add(fmt.Sprintf("Member must have value greater than or equal to %d", min), func(rt *rapid.T) any {
				return rapid.Int64Range(math.MinInt32, min-1).Draw(rt, "low")
			})
		}
		if max != shape.NoMax {
			add(fmt.Sprintf("Member must have value less than or equal to %d", max), func(rt *rapid.T) any {
				return rapid.Int64Range(max+1, math.MaxInt32).Draw(rt, "high")
			})
		}
	}
	return list
}

func lowerFirst(name string) string {
	r := []rune(name)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}

// examples are texts for the patterns there are.
var examples = []string{
	"shardId-000000000000", eventsARN, eventsARN + "/consumer/c:1", "12345", "abcdefghijabcdefghij-abc",
}

// valid makes a value that satisfies its shape.
func valid(s *shape.Shape, text string) any {
	switch s.Kind() {
	case shape.Structure:
		members := map[string]any{}
		for _, member := range s.Members() {
			if member.Required {
				members[member.Name] = valid(member.Shape, text)
			}
		}
		return members
	case shape.List:
		return []any{valid(s.Element(), text)}
	case shape.Map:
		return map[string]any{text: valid(s.Element(), text)}
	case shape.Text:
		if values := s.Values(); values != nil {
			return values[0]
		}
		if s.Pattern() == "" {
			return text
		}
		pattern := regexp.MustCompile("^(?:" + s.Pattern() + ")$")
		for _, example := range examples {
			if _, max := s.Bounds(); pattern.MatchString(example) && int64(len(example)) <= max {
				return example
			}
		}
		panic("no example matches " + s.Pattern())
	case shape.Blob:
		return []byte(text)
	case shape.Boolean:
		return true
	case shape.Timestamp:
		return json.Number("1700000000")
	}
	min, _ := s.Bounds()
	return max(min, 1)
}

// place puts a value where the steps lead, making what is on the way.
func place(s *shape.Shape, tree any, steps []string, value any) any {
	if len(steps) == 0 {
		return value
	}
	if tree == nil {
		tree = valid(s, "x")
	}
	switch step := steps[0]; step {
	case "[]":
		return []any{place(s.Element(), tree.([]any)[0], steps[1:], value)}
	case "{}":
		return map[string]any{"x": place(s.Element(), nil, steps[1:], value)}
	default:
		members := tree.(map[string]any)
		i := slices.IndexFunc(s.Members(), func(m shape.Member) bool { return m.Name == step })
		member := place(s.Members()[i].Shape, members[step], steps[1:], value)
		if member == (absent{}) {
			delete(members, step)
		} else {
			members[step] = member
		}
		return members
	}
}

var report = regexp.MustCompile(`^(\d+) validation errors? detected: `)

// TestEveryBrokenConstraintIsReported breaks every constraint of the service's
// model in every operation, in both encodings, several times.
func TestEveryBrokenConstraintIsReported(t *testing.T) {
	s := newTestService(t, vfs.NewMem(), "streams")
	handler := s.open()
	total := 0
	for _, operation := range New(Config{}).Service().Operations {
		for _, broken := range constraints(operation.Input, "", nil) {
			total++
			times := 5
			if broken.steps[len(broken.steps)-1] == "Data" && strings.Contains(broken.says, "less than") {
				times = 1 // they are large
			}
			for seed := range times {
				value := rapid.Custom(broken.wrong).Example(seed)
				body, err := json.Marshal(place(operation.Input, nil, broken.steps, value))
				if err != nil {
					t.Fatal(err)
				}
				want := "at '" + broken.at + "' failed to satisfy constraint: " + broken.says
				for _, got := range []answer{call(t, handler, operation.Name, string(body)), callCBOR(t, handler, operation.Name, inCBOR(t, string(body)))} {
					n := strings.Count(got.Message, " failed to satisfy constraint: ")
					if got.status != 400 || got.Type != awsapi.ValidationException || !strings.Contains(got.Message, want) ||
						!strings.HasPrefix(got.Message, fmt.Sprint(n)+" validation error") || !report.MatchString(got.Message) {
						t.Errorf("%s %.300s:\n got %d %s: %.500s\nwant …%s", operation.Name, body, got.status, got.Type, got.Message, want)
					}
				}
			}
		}
	}
	if total < 200 {
		t.Errorf("the model has %d constraints, want more: is the table whole?", total)
	}
}
