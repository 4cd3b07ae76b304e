package delivery

import (
	"context"
	"fmt"
	"io"
	"os"

	"leat"
	"leat/delivery/objectkey"
	"leat/lake"
	"leat/metastore"
	"leat/rowfile"
	"leat/source"
)

// putRows delivers a plan's records as rows: the good ones as files of their
// partitions, the bad ones under the error prefix.
func (f *follower) putRows(ctx context.Context, planned *planned, batch objectkey.Batch) (metastore.Ledger, error) {
	w, err := f.service.takeWorker(ctx)
	if err != nil {
		return metastore.Ledger{}, err
	}
	sound := false // a panic leaves the engine in an unknown state
	defer func() {
		if !sound {
			w.discard()
		}
		f.service.giveWorker(w)
	}()
	ledger, err := f.putRowsWith(ctx, w, planned, batch)
	sound = true
	return ledger, err
}

func (f *follower) putRowsWith(ctx context.Context, w *worker, planned *planned, batch objectkey.Batch) (metastore.Ledger, error) {
	engine, err := w.engine()
	if err != nil {
		return metastore.Ledger{}, err
	}
	defer engine.Clear() //nolint:errcheck // the next batch empties the folder, or says why it cannot
	plan := planned.Plan
	open := func(ctx context.Context) (source.Reader, error) { return f.openRange(ctx, plan) }
	f.begin(planned)
	job := f.job(open, plan)
	job.Kept, job.Bite = planned.layout.Kept, planned.layout.Bite
	job.Repeated = planned.saved || planned.known
	job.Settled = func(kept lake.Kept) { f.learn(planned, kept) }
	result, err := engine.Write(ctx, job)
	if err != nil {
		return metastore.Ledger{}, err
	}
	if !planned.saved {
		planned.layout.Bite = result.Bite
		planned.foundOut() // with columns that are given, there is nothing to find out
	}
	if err := f.save(ctx, planned); err != nil {
		return metastore.Ledger{}, err
	}
	ledger := metastore.Ledger{Read: result.Read, Delivered: result.Delivered, Dropped: result.Dropped, Quarantined: result.Quarantined}
	// When retention has overtaken the plan, what an earlier attempt has put
	// holds more than what this one made.
	keep := result.Lost > plan.Lost
	for _, file := range result.Files {
		partition := objectkey.Partition{Part: file.Part}
		for _, value := range file.Values {
			partition.Values = append(partition.Values, objectkey.EscapeValue(value))
		}
		size, err := f.putFile(ctx, plan, f.keys.Object(batch, partition), file.Path, keep, f.def.Compression == "gzip")
		if err != nil {
			return metastore.Ledger{}, err
		}
		ledger.Objects++
		ledger.Bytes += uint64(size)
	}
	for _, failures := range result.Failures {
		if _, err := f.putFile(ctx, plan, f.keys.Errors(batch, failures.Kind), failures.Path, keep, false); err != nil {
			return metastore.Ledger{}, err
		}
	}
	return ledger, nil
}

// job is what a plan asks of the engine.
func (p *pipe) job(open func(context.Context) (source.Reader, error), plan Plan) lake.Job {
	job := lake.Job{
		Open: open, Until: source.Position(plan.To), Columns: p.shape.columns, Partitions: p.shape.partitions, PartitionBytes: p.room, Named: p.shape.named,
		Format: p.def.Format, Compression: p.def.Compression, Attempted: plan.Created,
	}
	if p.def.Format == lake.Parquet && p.def.Compression == "none" {
		job.Compression = "uncompressed"
	}
	if p.shape.query != nil {
		job.Select = p.shape.parts
	}
	return job
}

// putFile puts a file as an object; with keep, only if there is none yet.
func (f *follower) putFile(ctx context.Context, plan Plan, key, path string, keep, zip bool) (size int64, err error) {
	if keep {
		object, err := f.bucket.Stat(ctx, key)
		if err == nil {
			return object.Size, nil
		}
		if leat.CodeOf(err) != leat.NotFound {
			return 0, fmt.Errorf("bucket %s: %w", f.def.Bucket, err)
		}
	}
	file, err := os.Open(path)
	if err != nil {
		return 0, fmt.Errorf("open staged file: %w", err)
	}
	defer file.Close()
	var body io.Reader = file
	if zip {
		body = rowfile.NewGzip(file)
	}
	return f.put(ctx, plan, key, body)
}
