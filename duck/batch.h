// The part of DuckDB's C interface that batch.c needs, declared here because
// the driver's own header is not on the include path of other packages.

#ifndef LEAT_DUCK_BATCH_H
#define LEAT_DUCK_BATCH_H

#include <stdbool.h>
#include <stdint.h>

#include "function.h"

// leat_record is one record of a batch; data and key lie in blocks that the
// batch owns.
typedef struct {
	const char *data;
	const char *key;
	uint32_t data_len;
	uint32_t key_len;
	uint32_t shard;
	uint32_t sequence_shard; // the three parts of the sequence number
	uint64_t created;
	uint64_t ordinal;
	int64_t arrival_micros;
	uint32_t subsequence;
} leat_record;

// leat_batch is what one slot shows to SQL. The Go side writes it only while no
// query reads it.
typedef struct {
	const leat_record *records;
	const uint32_t *selection; // rows to show; NULL: all of first … first+count
	uint64_t first;
	uint64_t count;
	int64_t refresh_micros;
	idx_t next; // handed out to the threads of the running scan
} leat_batch;

// leat_slots is the table of slots of one database.
typedef struct {
	leat_batch **slots; // NULL: free
	uint64_t count;
} leat_slots;

// leat_register registers the table function over a database's slots.
int leat_register(void *connection, const char *name, leat_slots *slots);

#endif
