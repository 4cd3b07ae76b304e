package metastore

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"leat"
)

// A Plan is one batch of a delivery stream, decided and not yet delivered: a
// range of its source, and what the batch's object keys are made from.
type Plan struct {
	Delivery string // ID
	Number   uint64 // given by SavePlan; grows within a delivery stream
	UUID     string
	Version  int
	From, To string // positions: the records of [From, To)
	Records  uint64
	Bytes    uint64
	Lost     uint64    // records dropped by retention before the first one
	Oldest   time.Time // arrival of the oldest record, to the millisecond
	Created  time.Time // when the plan was decided, to the millisecond
	// Layout is how the records become rows, as the owner describes it; "" until
	// that is decided. First says that the plan is of the first version of Leat,
	// which decided it for each batch alone.
	Layout string
	First  bool
}

// SavePlan saves a plan, gives it its number, and moves the delivery stream's
// position to the plan's end. A plan that does not begin at the position is
// refused: it would deliver records twice, or leave some out.
func (s *Store) SavePlan(ctx context.Context, p Plan) (Plan, error) {
	err := s.change(ctx, "save plan of delivery stream "+p.Delivery, func(ctx context.Context, tx *sql.Tx) error {
		var position string
		row := tx.QueryRowContext(ctx, "SELECT position, next_plan FROM delivery WHERE id = ?", p.Delivery)
		if err := row.Scan(&position, &p.Number); err != nil {
			return err
		}
		if position != p.From {
			return &leat.Error{Code: leat.Internal, Message: fmt.Sprintf("plan of delivery stream %s begins at %s, but the stream is at %s", p.Delivery, p.From, position)}
		}
		if _, err := tx.ExecContext(ctx,
			`INSERT INTO plan (delivery, number, uuid, version, from_position, to_position, records, bytes, lost, oldest, created, layout)
			 VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
			p.Delivery, p.Number, p.UUID, p.Version, p.From, p.To, p.Records, p.Bytes, p.Lost, p.Oldest.UnixMilli(), p.Created.UnixMilli(), p.Layout); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "UPDATE delivery SET position = ?, next_plan = next_plan + 1 WHERE id = ?", p.To, p.Delivery))
	})
	return p, err
}

// SaveLayout saves how a plan's records become rows, before anything of it is
// put, together with what the delivery stream keeps of its records from now on.
func (s *Store) SaveLayout(ctx context.Context, p Plan, kept string) error {
	return s.change(ctx, "save layout of a plan of delivery stream "+p.Delivery, func(ctx context.Context, tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "UPDATE plan SET layout = ? WHERE delivery = ? AND number = ?", p.Layout, p.Delivery, p.Number)); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx, "UPDATE delivery SET kept = ? WHERE id = ?", kept, p.Delivery))
	})
}

// ClosePlan forgets a delivered plan and adds what became of its records to
// the ledger. A ledger that does not add up is refused.
func (s *Store) ClosePlan(ctx context.Context, p Plan, l Ledger) error {
	if err := l.Check(); err != nil {
		return fmt.Errorf("close plan %d of delivery stream %s: %w", p.Number, p.Delivery, err)
	}
	return s.change(ctx, "close plan of delivery stream "+p.Delivery, func(ctx context.Context, tx *sql.Tx) error {
		if err := one(tx.ExecContext(ctx, "DELETE FROM plan WHERE delivery = ? AND number = ?", p.Delivery, p.Number)); err != nil {
			return err
		}
		return one(tx.ExecContext(ctx,
			`UPDATE delivery SET read = read + ?, delivered = delivered + ?, dropped = dropped + ?, quarantined = quarantined + ?,
			 lost = lost + ?, objects = objects + ?, bytes = bytes + ? WHERE id = ?`,
			l.Read, l.Delivered, l.Dropped, l.Quarantined, l.Lost, l.Objects, l.Bytes, p.Delivery))
	})
}

// Plans returns the open plans of a delivery stream, oldest first.
func (s *Store) Plans(ctx context.Context, delivery string) ([]Plan, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	ctx = context.WithoutCancel(ctx)
	rows, err := s.db.QueryContext(ctx,
		`SELECT delivery, number, uuid, version, from_position, to_position, records, bytes, lost, oldest, created, layout
		 FROM plan WHERE delivery = ? ORDER BY number`, delivery)
	if err != nil {
		return nil, s.explain("read plans", err)
	}
	defer rows.Close()
	var plans []Plan
	for rows.Next() {
		var p Plan
		var oldest, created int64
		var layout sql.NullString
		if err := rows.Scan(&p.Delivery, &p.Number, &p.UUID, &p.Version, &p.From, &p.To, &p.Records, &p.Bytes, &p.Lost, &oldest, &created, &layout); err != nil {
			return nil, s.explain("read plans", err)
		}
		p.Layout, p.First = layout.String, !layout.Valid
		p.Oldest, p.Created = time.UnixMilli(oldest).UTC(), time.UnixMilli(created).UTC()
		plans = append(plans, p)
	}
	if err := rows.Err(); err != nil {
		return nil, s.explain("read plans", err)
	}
	return plans, nil
}
