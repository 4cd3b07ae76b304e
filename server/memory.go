package server

import (
	"math"

	"github.com/KimMachineGun/automemlimit/memlimit"
)

// A memoryPlan says what each part may take of the process's memory, in bytes.
type memoryPlan struct {
	goHeap    int64 // the Go runtime's soft limit
	warehouse int64 // the warehouse's database
	lake      int64 // the databases of delivery streams
}

// planMemory splits the process's memory. What a database counts stays below
// its limit, by spilling to disk; but some of what it takes it does not count,
// up to half as much again. So its limit is two thirds of its share, and the
// shares leave a little to the program itself and its threads' stacks.
func planMemory(total int64) memoryPlan {
	share := func(percent int64) int64 { return total / 100 * percent }
	return memoryPlan{goHeap: share(20), warehouse: share(28), lake: share(22)}
}

// maxBodies bounds the requests' bodies in memory: those of the AWS APIs may have
// three tenths of the Go runtime's share, and what they are decoded into half as
// much again.
func (p memoryPlan) maxBodies() int64 { return min(p.goHeap*3/10, 64<<20) }

// maxStatements bounds what the messages of SQL clients take, and the statements
// made of them: two fifths of the Go runtime's share.
func (p memoryPlan) maxStatements() int64 { return max(p.goHeap*2/5, 8<<20) }

// maxConnections is how many connections the AWS APIs' address may have open:
// with a quarter of the Go runtime's share, and of the files that the process may
// open, unless that is not known.
func maxConnections(plan memoryPlan, handles int) int {
	n := int(plan.goHeap / 4 / connectionBytes)
	if handles > 0 {
		n = min(n, handles/4)
	}
	return max(n, 16)
}

// defaultMemory is what a process takes on a machine of that much memory: half
// of it, but no more than 1 GiB. Zero means that the machine's is unknown.
func defaultMemory(machine int64) int64 {
	const most = 1 << 30
	if machine == 0 || machine/2 > most {
		return most
	}
	return max(machine/2, minMemory)
}

// machineMemory is the machine's memory in bytes, or the control group's limit
// when that is less, of either version and of whichever group above sets it; 0
// when neither is known.
func machineMemory() int64 {
	total, err := memlimit.FromSystem()
	if err != nil {
		total = 0
	}
	if limit, err := memlimit.FromCgroup(); err == nil && (total == 0 || limit < total) {
		total = limit
	}
	return int64(min(total, math.MaxInt64))
}
