package delivery

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"

	"github.com/google/uuid"

	"leat"
	"leat/lake"
	"leat/metastore"
	"leat/redshift"
	"leat/source"
)

// Create validates and saves a delivery stream, with the place where it starts
// in its source, and starts it. A name that is taken is AlreadyExists, a source
// stream that does not exist NotFound; what cannot be done is Unsupported, by
// name.
func (s *Service) Create(ctx context.Context, def Definition) error {
	def = def.withDefaults()
	def.Literals = redshift.EscapeLiterals
	if err := s.reserve(def.Name); err != nil {
		return err
	}
	defer s.release(def.Name)
	p, err := s.newPipe(def)
	if err != nil {
		return err
	}
	if err := p.openBucket(ctx); err != nil {
		return err
	}
	if err := s.checkQuery(ctx, p); err != nil {
		return err
	}
	p.id, p.created, p.version = uuid.NewString(), s.cfg.Now(), 1
	identity, position, err := s.start(ctx, p)
	if err == nil {
		err = s.save(ctx, p, identity, position)
	}
	if err != nil {
		if def.SourceStream == "" {
			// What is left of it, the next Open removes.
			_ = s.direct.store.Delete(context.WithoutCancel(ctx), p.id)
		}
		return err
	}
	p.logger.Info("delivery stream created", "source", identity, "bucket", def.Bucket)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.pipes[def.Name] = p
	s.startLocked(p)
	return nil
}

// checkQuery lets the engine look at a query over given columns: what it says
// now, no record has to find out.
func (s *Service) checkQuery(ctx context.Context, p *pipe) error {
	if p.shape == nil || p.shape.query == nil || p.shape.columns == nil {
		return nil
	}
	engine, err := lake.Open(lake.Config{Dir: filepath.Join(s.cfg.Dir, "staging", "check-"+uuid.NewString()), MemoryBytes: 32 << 20})
	if err != nil {
		return err
	}
	defer engine.Close() //nolint:errcheck // nothing is kept there, and the next Open removes it
	if err := engine.Check(ctx, p.job(nil, Plan{})); err != nil {
		return invalidQuery(err)
	}
	return nil
}

// reserve takes a name for a creation that has begun.
func (s *Service) reserve(name string) error {
	if err := s.Failure(); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pipes[name] != nil || s.making[name] {
		return &leat.Error{Code: leat.AlreadyExists, Message: fmt.Sprintf("delivery stream %q exists already", name)}
	}
	s.making[name] = true
	return nil
}

func (s *Service) release(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.making, name)
}

// start finds the source of a new delivery stream and where to begin: at its
// end, as Firehose does, or at its beginning.
func (s *Service) start(ctx context.Context, p *pipe) (identity string, position source.Position, err error) {
	var src source.Source
	if p.def.SourceStream == "" {
		src, err = s.direct.create(ctx, p.id)
	} else if s.cfg.OpenSource == nil {
		err = &leat.Error{Code: leat.Unsupported, Message: "there are no streams to read from here"}
	} else {
		src, err = s.cfg.OpenSource(ctx, p.def.SourceStream)
	}
	if err != nil {
		return "", "", err
	}
	if p.def.FromHorizon || p.def.SourceStream == "" {
		position, err = src.Horizon(ctx)
	} else {
		position, err = src.Latest(ctx)
	}
	return src.Identity(), position, err
}

func (s *Service) save(ctx context.Context, p *pipe, identity string, position source.Position) error {
	definition, err := json.Marshal(p.def)
	if err != nil {
		return fmt.Errorf("encode delivery stream %s: %w", p.def.Name, err)
	}
	return s.meta.CreateDelivery(ctx, metastore.Delivery{
		ID: p.id, Name: p.def.Name, Created: p.created, Version: p.version, State: Active,
		Definition: definition, Source: identity, Position: string(position), Kept: "{}",
	})
}

// Delete stops a delivery stream and forgets it. Objects stay; records that
// are not in the bucket yet are not delivered, and those that were put directly
// are gone, as in Firehose. Once begun it is finished, at the next Open if need
// be.
func (s *Service) Delete(ctx context.Context, name string) error {
	p, err := s.pipe(name)
	if err != nil {
		return err
	}
	p.mu.Lock()
	before := p.state
	busy := before == Deleting
	p.state = Deleting
	p.mu.Unlock()
	if busy {
		return &leat.Error{Code: leat.InUse, Message: fmt.Sprintf("delivery stream %q is being deleted", name)}
	}
	if err := s.meta.SetDeliveryState(ctx, p.id, Deleting); err != nil {
		p.mu.Lock()
		p.state = before
		p.mu.Unlock()
		return err
	}
	s.mu.Lock()
	cancel, done := p.cancel, p.done
	s.mu.Unlock()
	if cancel != nil {
		cancel()
		<-done
	}
	err = s.forget(context.WithoutCancel(ctx), p.id)
	if err == nil {
		s.mu.Lock()
		delete(s.pipes, name)
		s.mu.Unlock()
		close(p.gone)
		p.logger.Info("delivery stream deleted")
	}
	return err
}

// forget removes what is kept of a delivery stream.
func (s *Service) forget(ctx context.Context, id string) error {
	if err := s.direct.store.Delete(ctx, id); err != nil && leat.CodeOf(err) != leat.NotFound {
		return err
	}
	return s.meta.DeleteDelivery(ctx, id)
}
