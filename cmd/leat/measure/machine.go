package measure

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
)

// Machine is what the numbers were measured on.
type Machine struct {
	CPU         string `json:"cpu"`
	Cores       int    `json:"cores"`
	MemoryBytes int64  `json:"memory_bytes"`
	OS          string `json:"os"`
	Go          string `json:"go"`
}

// ThisMachine describes the machine; what cannot be read is left empty.
func ThisMachine() Machine {
	m := Machine{Cores: runtime.NumCPU(), OS: runtime.GOOS + "/" + runtime.GOARCH, Go: runtime.Version()}
	m.CPU = valueIn("/proc/cpuinfo", "model name")
	m.MemoryBytes = kibibytes(valueIn("/proc/meminfo", "MemTotal"))
	return m
}

// Memory is what a process takes, in bytes.
type Memory struct {
	// Resident is all of it: what it allocated, and pages of files that it has
	// mapped, its own program among them.
	Resident int64
	// Peak is the greatest Resident since the process began.
	Peak int64
	// Allocated is the part that belongs to no file.
	Allocated int64
}

// MemoryOf reads a process's memory.
func MemoryOf(pid int) (Memory, error) {
	path := fmt.Sprintf("/proc/%d/status", pid)
	if _, err := os.Stat(path); err != nil {
		return Memory{}, fmt.Errorf("memory of process %d: %w", pid, err)
	}
	return Memory{
		Resident:  kibibytes(valueIn(path, "VmRSS")),
		Peak:      kibibytes(valueIn(path, "VmHWM")),
		Allocated: kibibytes(valueIn(path, "RssAnon")),
	}, nil
}

// valueIn returns the value of the first line "name: value".
func valueIn(path, name string) string {
	file, err := os.Open(path)
	if err != nil {
		return ""
	}
	defer file.Close()
	lines := bufio.NewScanner(file)
	for lines.Scan() {
		key, value, ok := strings.Cut(lines.Text(), ":")
		if ok && strings.TrimSpace(key) == name {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

func kibibytes(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSuffix(text, " kB"), 10, 64)
	if err != nil {
		return 0
	}
	return n << 10
}
