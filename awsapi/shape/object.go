package shape

import "time"

// An Object is a checked structure: its members by name, with the Go types
// that Kind lists. Members that were missing or null are not in it.
//
// The readers below give the zero value for a missing member, and panic for a
// member of another type, which is a mistake in the operation's code.
type Object map[string]any

// Has reports whether the member was given.
func (o Object) Has(name string) bool { _, ok := o[name]; return ok }

// Text returns a text member.
func (o Object) Text(name string) string { return read[string](o, name) }

// Int returns a whole number, or otherwise when it is missing.
func (o Object) Int(name string, otherwise int64) int64 {
	if !o.Has(name) {
		return otherwise
	}
	return read[int64](o, name)
}

// Bool returns a boolean member.
func (o Object) Bool(name string) bool { return read[bool](o, name) }

// Time returns a timestamp member.
func (o Object) Time(name string) time.Time { return read[time.Time](o, name) }

// Bytes returns a blob member.
func (o Object) Bytes(name string) []byte { return read[[]byte](o, name) }

// Object returns a structure member; a missing one reads as empty.
func (o Object) Object(name string) Object { return read[Object](o, name) }

// Objects returns a list of structures.
func (o Object) Objects(name string) []Object {
	list := read[[]any](o, name)
	objects := make([]Object, len(list))
	for i, element := range list {
		objects[i] = element.(Object)
	}
	return objects
}

// TextList returns a list of texts.
func (o Object) TextList(name string) []string {
	list := read[[]any](o, name)
	texts := make([]string, len(list))
	for i, element := range list {
		texts[i] = element.(string)
	}
	return texts
}

// TextMap returns a map of texts.
func (o Object) TextMap(name string) map[string]string {
	entries := read[map[string]any](o, name)
	texts := make(map[string]string, len(entries))
	for key, entry := range entries {
		texts[key] = entry.(string)
	}
	return texts
}

func read[T any](o Object, name string) T {
	var zero T
	value, ok := o[name]
	if !ok {
		return zero
	}
	return value.(T)
}
