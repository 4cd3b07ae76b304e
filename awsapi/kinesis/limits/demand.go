package limits

import "time"

// Write capacity of an on-demand stream: 4 MiB and 4,000 records a second when
// it is new, then twice its peak, up to 10 GiB a second.
const (
	startBytes   = 4 << 20
	startRecords = 4000
	mostBytes    = 10 << 30
	mostRecords  = 10_000_000
	// peakSpan is over how long throughput is averaged to tell a peak.
	peakSpan = time.Minute
)

// A demand is how much an on-demand stream may take and has taken. Its peak is
// the greatest average over a minute since the process started; AWS looks back
// 30 days.
type demand struct {
	bytes, records         bucket
	peakBytes, peakRecords float64 // a second

	span                   int64 // number of the minute that is counted
	bytesSpan, recordsSpan float64
}

// WriteOnDemand reports whether a record may be written to an on-demand stream
// now. warmBytes is the write throughput, in bytes a second, that the stream
// was made ready for, or 0.
func (s *Stream) WriteOnDemand(now time.Time, warmBytes int64, bytes int) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	d := &s.demand
	d.count(now)
	bytesPerSecond, recordsPerSecond := d.capacity(warmBytes)
	if !useBoth(now, &d.bytes, &d.records, float64(bytes), bytesPerSecond, recordsPerSecond) {
		return false
	}
	d.bytesSpan += float64(bytes)
	d.recordsSpan++
	return true
}

// count ends the minute that is over.
func (d *demand) count(now time.Time) {
	span := now.UnixNano() / int64(peakSpan)
	if span <= d.span {
		return
	}
	d.peakBytes = max(d.peakBytes, d.bytesSpan/peakSpan.Seconds())
	d.peakRecords = max(d.peakRecords, d.recordsSpan/peakSpan.Seconds())
	d.span, d.bytesSpan, d.recordsSpan = span, 0, 0
}

// capacity is what the stream may take in a second. Warm throughput brings
// records as shards do: a thousand with each MiB.
func (d *demand) capacity(warmBytes int64) (bytes, records float64) {
	bytes = min(max(startBytes, 2*d.peakBytes), mostBytes)
	records = min(max(startRecords, 2*d.peakRecords), mostRecords)
	return max(bytes, float64(warmBytes)), max(records, float64(warmBytes)/(1<<20)*1000)
}
