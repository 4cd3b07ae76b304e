package shape

// What a shape says, for those who make requests from it.

// Kind returns the type of the values.
func (s *Shape) Kind() Kind { return s.kind }

// Bounds returns the least and greatest value, or length.
func (s *Shape) Bounds() (min, max int64) { return s.min, s.max }

// Pattern returns the regular expression that a text must match, or "".
func (s *Shape) Pattern() string { return s.pattern }

// Values returns all that a text may be, or nil. Do not change them.
func (s *Shape) Values() []string { return s.enum }

// Element returns the shape of a list's elements or a map's values.
func (s *Shape) Element() *Shape { return s.element }

// Key returns the shape of a map's keys.
func (s *Shape) Key() *Shape { return s.key }

// Members returns a structure's members. Do not change them.
func (s *Shape) Members() []Member { return s.members }
