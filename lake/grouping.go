package lake

// A grouping puts records into groups, in the order they come: the same records
// make the same groups.
type grouping struct {
	limit int // of groups; 1: one for all
	// exactly says that a group's records have values in the same fields, of
	// those that are told apart.
	exactly bool
	made    int // how many groups there have been
	// groups are those that take records, all is these and the full ones.
	groups, all []*group
	// seen is the group of each list of fields, by the list's hash. A hit is
	// checked, since lists may have the same hash.
	seen map[uint64]*group
	add  func() (*group, error)
}

// choose returns the group for a record with the given fields, of which marks
// are told apart.
func (g *grouping) choose(fields []int32, marks []mark) (*group, error) {
	signature := uint64(14695981039346656037)
	for _, f := range fields {
		signature = (signature ^ uint64(f)) * 1099511628211
	}
	for _, m := range marks {
		signature = (signature ^ uint64(m.field)<<8 ^ uint64(m.class)) * 1099511628211
	}
	if known := g.seen[signature]; known != nil && known.hasAll(fields) && known.fits(marks, g.exactly) {
		known.mark(marks)
		return known, nil
	}
	chosen, err := g.nearest(fields, marks)
	if err != nil {
		return nil, err
	}
	chosen.join(fields)
	chosen.mark(marks)
	if len(g.seen) < maxSignatures {
		g.seen[signature] = chosen
	}
	return chosen, nil
}

// nearest returns the group that has the most in common with a list of fields;
// a new one when that is less than half, or none takes the record's classes.
func (g *grouping) nearest(fields []int32, marks []mark) (*group, error) {
	var best *group
	bestShared, bestAll := 0, 1
	for _, candidate := range g.groups {
		if !candidate.fits(marks, g.exactly) {
			continue
		}
		shared := candidate.shared(fields)
		all := len(fields) + candidate.size - shared
		if best == nil || shared*bestAll > bestShared*all {
			best, bestShared, bestAll = candidate, shared, all
		}
	}
	if best != nil && (2*bestShared >= bestAll || len(g.groups) >= g.limit) {
		return best, nil
	}
	switch {
	case best == nil && g.made >= maxKinds:
		// As text, the last group takes what no other one does.
		return g.groups[len(g.groups)-1], nil
	case len(g.groups) >= max(maxOpenKinds, g.limit):
		// The oldest one takes no more.
		if err := g.groups[0].close(); err != nil {
			return nil, err
		}
		g.groups = g.groups[1:]
		clear(g.seen)
	}
	created, err := g.add()
	if err == nil {
		created.id = g.made
		g.made++
		g.groups = append(g.groups, created)
		g.all = append(g.all, created)
	}
	return created, err
}
