package metastore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"leat"
)

// A Delivery is what is remembered of one delivery stream.
type Delivery struct {
	ID         string
	Name       string
	Created    time.Time // to the millisecond
	Version    int
	State      string
	Definition []byte
	Source     string // identity of the source that Position belongs to
	Position   string // end of what has been planned
	Ledger     Ledger
	// Kept is what is kept of the records' columns, as the owner describes it.
	Kept string
}

// A Ledger counts what became of a delivery stream's records, over all closed
// plans: Read = Delivered + Dropped + Quarantined. Lost records were never
// read.
type Ledger struct {
	Read, Delivered, Dropped, Quarantined uint64
	Lost                                  uint64
	Objects, Bytes                        uint64
}

// Check returns an error when the ledger does not add up.
func (l Ledger) Check() error {
	if l.Read != l.Delivered+l.Dropped+l.Quarantined {
		return fmt.Errorf("the ledger does not add up: %d read, but %d delivered + %d dropped + %d quarantined", l.Read, l.Delivered, l.Dropped, l.Quarantined)
	}
	return nil
}

// Add returns the sum of two ledgers.
func (l Ledger) Add(m Ledger) Ledger {
	return Ledger{
		Read: l.Read + m.Read, Delivered: l.Delivered + m.Delivered, Dropped: l.Dropped + m.Dropped, Quarantined: l.Quarantined + m.Quarantined,
		Lost: l.Lost + m.Lost, Objects: l.Objects + m.Objects, Bytes: l.Bytes + m.Bytes,
	}
}

// CreateDelivery saves a delivery stream and where it starts. A name that is
// taken is an Error with code AlreadyExists.
func (s *Store) CreateDelivery(ctx context.Context, d Delivery) error {
	return s.change(ctx, "create delivery stream "+d.Name, func(ctx context.Context, tx *sql.Tx) error {
		result, err := tx.ExecContext(ctx,
			`INSERT INTO delivery (id, name, created, version, state, definition, source, position, kept)
			 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (name) DO NOTHING`,
			d.ID, d.Name, d.Created.UnixMilli(), d.Version, d.State, d.Definition, d.Source, d.Position, d.Kept)
		if err != nil {
			return err
		}
		if n, err := result.RowsAffected(); err != nil || n == 0 {
			return &leat.Error{Code: leat.AlreadyExists, Message: fmt.Sprintf("delivery stream %q exists already", d.Name), Err: err}
		}
		return nil
	})
}

// SetDeliveryState changes the state of a delivery stream.
func (s *Store) SetDeliveryState(ctx context.Context, id, state string) error {
	return s.change(ctx, "set state of delivery stream "+id, func(ctx context.Context, tx *sql.Tx) error {
		return one(tx.ExecContext(ctx, "UPDATE delivery SET state = ? WHERE id = ?", state, id))
	})
}

// DeleteDelivery forgets a delivery stream and its plans.
func (s *Store) DeleteDelivery(ctx context.Context, id string) error {
	return s.change(ctx, "delete delivery stream "+id, func(ctx context.Context, tx *sql.Tx) error {
		_, err := tx.ExecContext(ctx, "DELETE FROM delivery WHERE id = ?", id)
		return err
	})
}

// Deliveries returns all delivery streams, by name.
func (s *Store) Deliveries(ctx context.Context) ([]Delivery, error) {
	return s.deliveries(ctx, "ORDER BY name")
}

// Delivery returns a delivery stream by its ID.
func (s *Store) Delivery(ctx context.Context, id string) (Delivery, error) {
	found, err := s.deliveries(ctx, "WHERE id = ?", id)
	if err == nil && len(found) == 0 {
		err = &leat.Error{Code: leat.NotFound, Message: fmt.Sprintf("delivery stream %s is not in the store", id)}
	}
	if err != nil {
		return Delivery{}, err
	}
	return found[0], nil
}

func (s *Store) deliveries(ctx context.Context, which string, args ...any) ([]Delivery, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	rows, err := s.db.QueryContext(ctx, `SELECT id, name, created, version, state, definition, source, position,
		read, delivered, dropped, quarantined, lost, objects, bytes, kept FROM delivery `+which, args...)
	if err != nil {
		return nil, s.explain("read delivery streams", err)
	}
	defer rows.Close()
	var all []Delivery
	for rows.Next() {
		var d Delivery
		var created int64
		l := &d.Ledger
		if err := rows.Scan(&d.ID, &d.Name, &created, &d.Version, &d.State, &d.Definition, &d.Source, &d.Position,
			&l.Read, &l.Delivered, &l.Dropped, &l.Quarantined, &l.Lost, &l.Objects, &l.Bytes, &d.Kept); err != nil {
			return nil, s.explain("read delivery streams", err)
		}
		d.Created = time.UnixMilli(created).UTC()
		all = append(all, d)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain("read delivery streams", err)
	}
	return all, nil
}

// ResetSource gives a delivery stream another source: open plans, whose
// records are gone with the old one, are forgotten and their records counted
// as lost.
func (s *Store) ResetSource(ctx context.Context, id, source, position string) error {
	return s.change(ctx, "reset source of delivery stream "+id, func(ctx context.Context, tx *sql.Tx) error {
		row := tx.QueryRowContext(ctx, "SELECT coalesce(sum(records + lost), 0) FROM plan WHERE delivery = ?", id)
		var lost uint64
		if err := row.Scan(&lost); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, "DELETE FROM plan WHERE delivery = ?", id); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "UPDATE delivery SET source = ?, position = ?, lost = lost + ? WHERE id = ?", source, position, lost, id))
	})
}

// one checks that a change met exactly one row.
func one(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	n, err := result.RowsAffected()
	if err == nil && n != 1 {
		err = &leat.Error{Code: leat.NotFound, Message: "the delivery stream or plan is not in the store"}
	}
	return err
}
