package child

import (
	"bytes"
	"sync"
)

// printed is what a process prints, which is read while it is written.
type printed struct {
	mu  sync.Mutex // guards all
	all bytes.Buffer
}

func (p *printed) Write(text []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.all.Write(text)
}

func (p *printed) text() []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	return bytes.Clone(p.all.Bytes())
}

func (p *printed) reset() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.all.Reset()
}
