package kinesis

import (
	"leat/awsapi"
	"leat/awsapi/shape"
	"leat/shardlog"
)

// dryRun ends a request that only asks whether it would succeed. Operations
// call it when nothing is left to check, and nothing is done yet: a dry run
// reads and writes no records, counts for no limit, and shows in no metric.
func dryRun(in shape.Object) error {
	if !in.Bool("DryRun") {
		return nil
	}
	return awsapi.Errorf(dryRunOperation, "The request was rejected because the DryRun parameter was specified. It would have succeeded.")
}

// dryRunPut is dryRun for a batch that is about to be appended.
func (a *api) dryRunPut(in shape.Object, s *shardlog.Stream, b *batch) error {
	if !in.Bool("DryRun") {
		return nil
	}
	if err := b.checkBytes(); err != nil {
		return err
	}
	if err := s.Check(b.entries); err != nil {
		return err
	}
	return dryRun(in)
}
