#pragma once

#include <string>

#include "model/request_log.h"

// Rows of the request log as the proxy fills them, for the tests of the export.
namespace penstock::test {

inline const std::string kTraceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";

// A streamed chat whose first target failed, below a caller's span.
inline model::RequestLog fallenBackChat() {
  model::RequestLog row;
  row.request_id = "01980d5a-0000-7000-8000-000000000001";
  row.created_at = 1'800'000'000'123;
  row.project_id = "proj_01";
  row.api_key_id = "canary-key-id";
  row.endpoint = "chat.completions";
  row.requested_model = "@default";
  row.provider = "google";
  row.provider_id = "prov_02";
  row.model = "gemini-2.5-flash";
  row.routing_config_id = "rc_01";
  row.routing_config_version = 7;
  row.resolved = "config";
  row.status = 200;
  row.stream = true;
  row.attempts = 2;
  row.usage.source = model::Usage::Source::Provider;
  row.usage.input_uncached = 100;
  row.usage.input_cache_read = 40;
  row.usage.input_cache_read_audio = 2;
  row.usage.input_cache_write = 20;
  row.usage.input_cache_write_1h = 5;
  row.usage.output_text = 30;
  row.usage.output_reasoning = 12;
  row.cost_total = {123'456};
  row.cost_reserved = {2'000'000};
  row.settlement = model::Settlement::Settled;
  row.latency_us = 1'250'500;
  row.ttft_us = 480'250;
  row.end_user = "canary-end-user";
  row.conversation_id = "conv-1";
  row.traceparent = kTraceparent;
  row.parent_span_id = "00f067aa0ba902b7";
  row.tags = {{"team", "canary-tag"}};
  row.byok_fingerprint = "canary-fingerprint";
  row.ab_variant = "b";
  row.decision = R"({"canary-decision":true})";
  row.charge = "canary-charge";
  row.request_body = "canary-prompt";
  row.response_body = "canary-answer";
  row.attempt_log = {{.model = "gpt-4o",
                      .provider = "openai",
                      .provider_id = "prov_01",
                      .status = "server_error",
                      .error = "canary-error",
                      .http_status = 503,
                      .started_at = 1'800'000'000'123,
                      .offset_us = 250,
                      .connect_us = 20'000,
                      .head_us = 210'000,
                      .latency_us = 210'500},
                     {.model = "gemini-2.5-flash",
                      .provider = "google",
                      .provider_id = "prov_02",
                      .status = "ok",
                      .http_status = 200,
                      .started_at = 1'800'000'000'334,
                      .offset_us = 211'000,
                      .connect_us = 0,
                      .head_us = 150'000,
                      .first_token_us = 269'000,
                      .latency_us = 1'039'000,
                      .cost = {123'456},
                      .input_tokens = 167,
                      .output_tokens = 42,
                      .upstream_request_id = "up-1",
                      .hedge = true}};
  return row;
}

// Refused before any provider was asked, in a trace of its own.
inline model::RequestLog refusedChat() {
  model::RequestLog row;
  row.request_id = "01980d5a-0000-7000-8000-000000000002";
  row.created_at = 1'800'000'001'000;
  row.project_id = "proj_01";
  row.endpoint = "chat.completions";
  row.requested_model = "openai/gpt-4o";
  row.resolved = "provider";
  row.status = 402;
  row.error_class = "budget_exceeded";
  row.latency_us = 90;
  row.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
  return row;
}

// An embedding that a provider did not answer.
inline model::RequestLog failedEmbedding() {
  model::RequestLog row = refusedChat();
  row.request_id = "01980d5a-0000-7000-8000-000000000003";
  row.endpoint = "embeddings";
  row.requested_model = "demo-embedding";
  row.provider = "demo";
  row.status = 504;
  row.error_class = "upstream_timeout";
  row.latency_us = 30'000'400;
  row.traceparent = "00-7a085853722dc6d2c2b4e1c6c1d2e3f4-53995c3f42cd8ad8-01";
  row.attempts = 1;
  row.usage.source = model::Usage::Source::Estimated;
  row.usage.input_uncached = 8;
  row.settlement = model::Settlement::Estimated;
  row.attempt_log = {{.model = "demo-embedding",
                      .provider = "demo",
                      .provider_id = "prov_03",
                      .status = "timeout",
                      .offset_us = 60,
                      .latency_us = 30'000'000}};
  return row;
}

}  // namespace penstock::test
