package vfs

import (
	"maps"
	"math/rand/v2"
	"slices"
)

// CrashClone returns what a disk might hold if the power failed now. What was
// synced is there. Of the rest, rng decides: each change of a folder is kept or
// lost (a rename as one), though a change that builds on a lost one is lost
// too; each unsynced page of a file is old, new, or new up to a sector; an
// unsynced length is old, new or in between, and what grew reads as zeros where
// its page was lost. Locks are gone, m itself goes on unharmed.
func (m *Mem) CrashClone(rng *rand.Rand) *Mem {
	m.mu.Lock()
	defer m.mu.Unlock()

	type place struct {
		dir  *memNode
		name string
	}
	kept := map[*memNode]map[string]*memNode{}
	names := func(dir *memNode) map[string]*memNode {
		if kept[dir] == nil {
			kept[dir] = maps.Clone(dir.synced)
		}
		return kept[dir]
	}
	// A crash tends to lose everything after some moment, or scattered parts;
	// one chance per crash makes both likely.
	chance := rng.Float64()
	lost := map[place]bool{}
	for _, change := range m.pending {
		lose := rng.Float64() < chance
		for _, e := range change {
			lose = lose || lost[place{e.dir, e.name}]
		}
		for _, e := range change {
			switch {
			case lose:
				lost[place{e.dir, e.name}] = true
			case e.node == nil:
				delete(names(e.dir), e.name)
			default:
				names(e.dir)[e.name] = e.node
			}
		}
	}

	clone := NewMem()
	clone.limit = m.limit
	var copyNode func(node *memNode) *memNode
	copyNode = func(node *memNode) *memNode {
		if node.names == nil {
			file := newMemFile()
			file.data = node.crashed(rng, chance)
			file.syncedSize = int64(len(file.data))
			clone.used += file.syncedSize
			return file
		}
		dir := newMemDir()
		children := names(node)
		for _, name := range sortedNames(children) {
			child := copyNode(children[name])
			dir.names[name], dir.synced[name] = child, child
		}
		return dir
	}
	clone.root = copyNode(m.root)
	return clone
}

// crashed returns a file's bytes as a crash might leave them.
func (n *memNode) crashed(rng *rand.Rand, chance float64) []byte {
	const sector = 512
	size := int64(len(n.data))
	if size != n.syncedSize {
		switch rng.IntN(3) {
		case 0:
			size = n.syncedSize
		case 1:
			low, high := min(size, n.syncedSize), max(size, n.syncedSize)
			size = low + rng.Int64N(high-low+1)
		}
	}
	data := make([]byte, size)
	copy(data, n.data)
	for page := int64(0); page*memPage < size; page++ {
		start, end := page*memPage, min((page+1)*memPage, size)
		old, changed := n.old[page]
		if !changed && end <= n.syncedSize {
			continue
		}
		if !changed && start < n.syncedSize {
			// The last synced page, grown: its synced bytes are safe.
			old = n.data[start:n.syncedSize]
		}
		from := end // bytes from here on are lost
		if rng.Float64() < chance {
			from = start
			if rng.IntN(2) == 0 {
				from += sector * rng.Int64N(memPage/sector)
			}
		}
		for i := from; i < end; i++ {
			data[i] = 0
			if i-start < int64(len(old)) {
				data[i] = old[i-start]
			}
		}
	}
	return data
}

// syncDirLocked makes a folder's names durable, and with them the earlier
// changes of other folders that renames into or out of it build on.
func (m *Mem) syncDirLocked(dir *memNode) {
	dirs := map[*memNode]bool{dir: true}
	covered := make([]bool, len(m.pending))
	for i, change := range slices.Backward(m.pending) {
		for _, e := range change {
			covered[i] = covered[i] || dirs[e.dir]
		}
		if covered[i] {
			for _, e := range change {
				dirs[e.dir] = true
			}
		}
	}
	rest := m.pending[:0]
	for i, change := range m.pending {
		if !covered[i] {
			rest = append(rest, change)
			continue
		}
		for _, e := range change {
			if e.node == nil {
				delete(e.dir.synced, e.name)
			} else {
				e.dir.synced[e.name] = e.node
			}
		}
	}
	clear(m.pending[len(rest):])
	m.pending = rest
}
