#include "executor/objects.h"

#include <doctest/doctest.h>

#include <string>

using namespace penstock;
using namespace penstock::executor;
using model::BatchStatus;

namespace {

model::LocalBatch batchOf(BatchStatus status, model::ObjectSurface surface) {
  model::LocalBatch batch;
  batch.id = "batch_1";
  batch.surface = surface;
  batch.endpoint = "/v1/embeddings";
  batch.input_file_id = "file-1";
  batch.window = "24h";
  batch.status = status;
  batch.output_name = "file-2";
  batch.error_name = "file-3";
  batch.total = 5;
  batch.succeeded = 2;
  batch.errored = 1;
  batch.canceled = 2;
  batch.created_at = 1'800'000'000'000;
  batch.expires_at = batch.created_at + 86'400'000;
  return batch;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("executor/objects") {
  TEST_CASE("OpenAI's batch tells of its files when it is over, and only of those that there are") {
    model::LocalBatch batch = batchOf(BatchStatus::InProgress, model::ObjectSurface::OpenAi);
    std::string shown = renderBatch(batch, {true, true});
    CHECK(holds(shown, R"("status":"in_progress","output_file_id":null,"error_file_id":null)"));
    CHECK(holds(shown, R"("errors":null)"));
    CHECK(holds(shown, R"("request_counts":{"total":5,"completed":2,"failed":3},"metadata":null)"));
    batch.status = BatchStatus::Cancelled;
    batch.ended_at = batch.created_at + 5'000;
    batch.metadata = R"({"a":"b"})";
    shown = renderBatch(batch, {true, false});
    CHECK(
        holds(shown, R"("output_file_id":"file-2","error_file_id":null,"created_at":1800000000)"));
    CHECK(holds(shown, R"("completed_at":null,"failed_at":null,"expired_at":null)"));
    CHECK(holds(shown, R"("cancelled_at":1800000005)"));
    CHECK(holds(shown, R"("metadata":{"a":"b"})"));
    batch.errors = R"([{"code":"x"}])";
    CHECK(holds(renderBatch(batch, {}), R"("errors":{"object":"list","data":[{"code":"x"}]})"));
  }

  TEST_CASE("Anthropic's batch counts its requests as under way until all are over") {
    model::LocalBatch batch = batchOf(BatchStatus::InProgress, model::ObjectSurface::Anthropic);
    std::string shown = renderBatch(batch, {});
    CHECK(holds(shown, R"("processing_status":"in_progress")"));
    CHECK(holds(shown, R"({"processing":5,"succeeded":0,"errored":0,"canceled":0,"expired":0})"));
    CHECK(holds(shown, R"("results_url":null)"));
    batch.cancelling_at = batch.created_at + 1'000;
    CHECK(shownStatus(batch) == "canceling");
    batch.status = BatchStatus::Cancelled;
    batch.ended_at = batch.created_at + 5'000;
    shown = renderBatch(batch, {});
    CHECK(holds(shown, R"("processing_status":"ended")"));
    CHECK(holds(shown, R"({"processing":0,"succeeded":2,"errored":1,"canceled":2,"expired":0})"));
    CHECK(holds(shown, R"("ended_at":"2027-01-15T08:00:05Z")"));
    CHECK(holds(shown, R"("results_url":"/v1/messages/batches/batch_1/results")"));
  }

  TEST_CASE("a file tells when it goes") {
    FileFacts file{.id = "file-1",
                   .name = "a.jsonl",
                   .purpose = "batch",
                   .media_type = {},
                   .bytes = 7,
                   .created_at = 1'000,
                   .expires_at = 9'000};
    CHECK(renderFile(file) ==
          R"({"id":"file-1","object":"file","bytes":7,"created_at":1,"expires_at":9,)"
          R"("filename":"a.jsonl","purpose":"batch","status":"processed","status_details":null})");
    file.surface = model::ObjectSurface::Anthropic;
    file.media_type = "text/plain";
    CHECK(renderFile(file) ==
          R"({"id":"file-1","type":"file","filename":"a.jsonl","mime_type":"text/plain",)"
          R"("size_bytes":7,"created_at":"1970-01-01T00:00:01Z",)"
          R"("expires_at":"1970-01-01T00:00:09Z","downloadable":true})");
  }
}
