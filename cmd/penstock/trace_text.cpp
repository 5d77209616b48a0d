#include "trace_text.h"

#include <span>

#include "table.h"

namespace penstock::cli {
namespace {

constexpr Column kSummary[] = {{"request", "request_id"},
                               {"config", "config"},
                               {"version", "config_version"},
                               {"policy", "policy"},
                               {"path", "path"},
                               {"resolved by", "resolved"},
                               {"variant", "ab_variant"},
                               {"cache", "cache.status"},
                               {"decision", "decision"},
                               {"reason", "reason"},
                               {"total, ms", "total_latency_ms"}};
constexpr Column kRules[] = {{"#", "index"}, {"MATCHED", "matched"}, {"IF", "if"}, {"WHY", "why"}};
constexpr Column kCandidates[] = {{"MODEL", "model"},
                                  {"PROVIDER", "provider"},
                                  {"CREDENTIAL", "provider_id"},
                                  {"STATUS", "status"},
                                  {"REASON", "reason"}};
// Times in milliseconds.
constexpr Column kAttempts[] = {{"#", "attempt"},          {"MODEL", "model"},
                                {"PROVIDER", "provider"},  {"STATUS", "status"},
                                {"HTTP", "http_status"},   {"QUEUE", "queue_ms"},
                                {"CONNECT", "connect_ms"}, {"FIRST BYTE", "first_byte_ms"},
                                {"TTFT", "ttft_ms"},       {"TOTAL", "latency_ms"},
                                {"IN", "input_tokens"},    {"OUT", "output_tokens"},
                                {"USD", "cost_usd"},       {"ERROR", "error"}};
constexpr Column kBudgets[] = {{"NAME", "name"},
                               {"UNIT", "unit"},
                               {"ACTION", "action"},
                               {"USED", "used_pct"},
                               {"OUTCOME", "outcome"}};

std::string section(json::ValueRef trace, const char* title, const char* list,
                    std::span<const Column> columns) {
  const auto rows = trace.find(list);
  if (!rows || rows->size() == 0) return {};
  return "\n" + std::string(title) + "\n" + tableOf(*rows, columns);
}

}  // namespace

std::string traceText(json::ValueRef trace) {
  return fieldsOf(trace, kSummary) + section(trace, "Rules", "rules", kRules) +
         section(trace, "Candidates", "candidates", kCandidates) +
         section(trace, "Attempts, times in ms", "attempts", kAttempts) +
         section(trace, "Budgets", "budgets", kBudgets);
}

}  // namespace penstock::cli
