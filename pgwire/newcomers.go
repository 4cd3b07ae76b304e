package pgwire

import "slices"

// newcomers are the connections that have not proven yet who they are, in the
// order in which they came. There is always room for one more: who has stood there
// longest goes, of the place that most of them come from. So clients that connect
// and say nothing cannot keep others out, and one place's crowd harms that place
// first.
type newcomers struct {
	most  int
	conns []*conn
}

// add takes a connection in and returns the one that has to go for it, if any.
func (n *newcomers) add(c *conn) (crowdedOut *conn) {
	if len(n.conns) >= n.most {
		crowdedOut = n.longest()
		n.remove(crowdedOut)
	}
	n.conns = append(n.conns, c)
	return crowdedOut
}

// remove forgets a connection; it need not be there.
func (n *newcomers) remove(c *conn) {
	if i := slices.Index(n.conns, c); i >= 0 {
		n.conns = slices.Delete(n.conns, i, i+1)
	}
}

// longest is the connection that came first from the place that most came from.
func (n *newcomers) longest() *conn {
	from := make(map[place]int)
	for _, c := range n.conns {
		from[c.place]++
	}
	longest := n.conns[0]
	for _, c := range n.conns {
		if from[c.place] > from[longest.place] {
			longest = c
		}
	}
	return longest
}
