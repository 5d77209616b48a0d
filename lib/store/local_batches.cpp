#include "store/local_batches.h"

#include <stdexcept>

#include "store/rows.h"

namespace penstock::store {
namespace {

model::BatchStatus statusAt(const storage::Rows& row, int column) {
  const auto status = model::parseBatchStatus(row.text(column));
  if (!status) throw std::runtime_error("a stored batch has an unknown status");
  return *status;
}

model::LocalBatch read(const storage::Rows& row) {
  model::LocalBatch batch;
  batch.id = row.string(0);
  batch.surface =
      row.text(1) == "anthropic" ? model::ObjectSurface::Anthropic : model::ObjectSurface::OpenAi;
  batch.project_id = row.string(2);
  batch.api_key_id = row.string(3);
  batch.endpoint = row.string(4);
  batch.input_file_id = row.string(5);
  batch.window = row.string(6);
  batch.metadata = row.string(7);
  batch.headers = row.string(8);
  batch.peer = row.string(9);
  batch.status = statusAt(row, 10);
  batch.outcome = statusAt(row, 11);
  batch.output_name = row.string(12);
  batch.error_name = row.string(13);
  batch.errors = row.string(14);
  batch.total = row.integer(15);
  batch.succeeded = row.integer(16);
  batch.errored = row.integer(17);
  batch.canceled = row.integer(18);
  batch.expired = row.integer(19);
  batch.created_at = row.integer(20);
  batch.expires_at = row.integer(21);
  batch.in_progress_at = row.optionalInteger(22);
  batch.finalizing_at = row.optionalInteger(23);
  batch.cancelling_at = row.optionalInteger(24);
  batch.ended_at = row.optionalInteger(25);
  return batch;
}

}  // namespace

void LocalBatchTable::insert(const model::LocalBatch& batch) {
  insert_.run(batch.id, model::objectSurfaceName(batch.surface), batch.project_id, batch.api_key_id,
              batch.endpoint, batch.input_file_id, batch.window, batch.metadata, batch.headers,
              batch.peer, model::batchStatusName(batch.status),
              model::batchStatusName(batch.outcome), batch.output_name, batch.error_name,
              batch.errors, batch.total, batch.succeeded, batch.errored, batch.canceled,
              batch.expired, batch.created_at, batch.expires_at, batch.in_progress_at,
              batch.finalizing_at, batch.cancelling_at, batch.ended_at);
}

std::optional<model::LocalBatch> LocalBatchTable::find(std::string_view id) {
  return readOne(find_.query(id), read);
}

void LocalBatchTable::update(const model::LocalBatch& batch) {
  update_.run(batch.id, model::batchStatusName(batch.status), model::batchStatusName(batch.outcome),
              batch.errors, batch.total, batch.succeeded, batch.errored, batch.canceled,
              batch.expired, batch.in_progress_at, batch.finalizing_at, batch.cancelling_at,
              batch.ended_at);
}

void LocalBatchTable::remove(std::string_view id) { remove_.run(id); }

std::vector<model::LocalBatch> LocalBatchTable::open() { return readAll(open_.query(), read); }

bool LocalBatchTable::hasOutput(std::string_view name) { return output_.integer(0, name) > 0; }

}  // namespace penstock::store
