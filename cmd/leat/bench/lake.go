package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/firehose/types"

	"leat/cmd/leat/client"
)

// lake is the name of the delivery stream that is measured.
const lake = "lake"

// Lake measures how fast a backlog of mixed events is enriched and put as
// Parquet in partitions by type and day.
func Lake(ctx context.Context, cfg Config) (*Report, error) {
	cfg = cfg.withDefaults()
	load := fmt.Sprintf("a backlog of %d events of %d types over %d days", cfg.Events, cfg.Types, cfg.Days)
	return measureWith(ctx, cfg, "lake", load, func(ctx context.Context, r *run) error {
		done, err := r.backlog(ctx, cfg.Events)
		if err != nil {
			return err
		}
		r.Progress("delivering into the lake")
		began := time.Now()
		if err := r.createLake(ctx, "TRIM_HORIZON"); err != nil {
			return err
		}
		values, err := r.awaitLake(ctx, done.records)
		if err != nil {
			return err
		}
		took := time.Since(began)
		r.report.add("events", float64(done.records), records)
		r.report.atLeast("events into the lake", float64(done.records)/took.Seconds(), perSecond, 250_000)
		r.reportLake(values, done.bytes)
		return nil
	})
}

// createLake makes the delivery stream. Its buffers are as large as they can
// be; what is left at the end is a second old before it is delivered.
func (r *run) createLake(ctx context.Context, position string) error {
	d := client.Lake(lake, stream, "bench", 128, 1)
	d.Processors = append([]types.Processor{client.Processor("StartFrom", "Position", position)}, d.Processors...)
	_, err := client.Endpoint{URL: "http://" + r.AWS}.Firehose().CreateDeliveryStream(ctx, d.Request())
	return err
}

// awaitLake waits until so many events are in the lake, and returns the
// server's counters then.
func (r *run) awaitLake(ctx context.Context, events uint64) (values map[string]float64, err error) {
	err = await(ctx, "the delivery", drainTimeout, func() (bool, error) {
		if values, err = r.Metrics(ctx); err != nil {
			return false, err
		}
		if lost := values[outcome("quarantined")] + values[outcome("dropped")]; lost > 0 {
			return false, fmt.Errorf("%.0f good events were not delivered", lost)
		}
		delivered := values[outcome("delivered")]
		if delivered > float64(events) {
			return false, fmt.Errorf("%.0f events were delivered of %d", delivered, events)
		}
		return delivered == float64(events), nil
	})
	return values, err
}

func outcome(what string) string {
	return `leat_delivery_records_total{delivery_stream="` + lake + `",outcome="` + what + `"}`
}

// reportLake says what the lake looks like.
func (r *run) reportLake(values map[string]float64, dataBytes uint64) {
	bytes := values[`leat_delivery_bytes_total{delivery_stream="`+lake+`"}`]
	r.report.add("objects", values[`leat_delivery_objects_total{delivery_stream="`+lake+`"}`], "objects")
	r.report.add("bytes of data", float64(dataBytes), bytesUnit)
	r.report.add("bytes of objects", bytes, bytesUnit)
}
