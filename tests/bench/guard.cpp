// What guardrails cost a request and an answer: bench_guard. Prints as JSON the median nanoseconds
// of looking at 1 KB of chat with all of our detectors, where nothing is found and where something
// is, and of a token of a stream; and what compiling them took.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "guard/policy.h"
#include "guard/rule_json.h"
#include "guard/stream_guard.h"

using namespace penstock;

namespace {

constexpr std::string_view kRules =
    R"([{"name":"p","kind":"pii","action":"redact"},{"name":"s","kind":"secrets","action":"redact"}])";
constexpr std::string_view kProse =
    "Thanks for the report. The service answers 200 within 35 ms now, after we moved the cache of "
    "2024 to its own thread; see section 4.2 of the handbook (page 17). Could you try again and "
    "tell "
    "us what the log says? If it still fails, attach the output of the check command, please. ";

double nanosecondsSince(std::chrono::steady_clock::time_point begin) {
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - begin).count();
}

// The median time of one call.
double median(const std::function<void()>& work) {
  constexpr int kSamples = 301, kCalls = 20;
  std::vector<double> samples;
  for (int sample = 0; sample < kSamples; ++sample) {
    const auto begin = std::chrono::steady_clock::now();
    for (int call = 0; call < kCalls; ++call) work();
    samples.push_back(nanosecondsSince(begin) / kCalls);
  }
  std::ranges::nth_element(samples, samples.begin() + kSamples / 2);
  return samples[kSamples / 2];
}

// A chat of that many bytes of prose.
std::string chat(std::string_view addition) {
  constexpr size_t kBytes = 1024;
  std::string text(addition);
  while (text.size() < kBytes) text += kProse;
  text.resize(kBytes);
  return R"({"model":"m","messages":[{"role":"user","content":")" + text + R"("}]})";
}

// A token of four bytes.
double nanosecondsAToken(const std::shared_ptr<const guard::Policy>& policy) {
  constexpr size_t kToken = 4;
  size_t tokens = 0;
  const double all = median([&] {
    guard::StreamGuard guard(policy, "");
    tokens = 0;
    for (size_t i = 0; i < kProse.size(); i += kToken, ++tokens) {
      guard.feed(kProse.substr(i, kToken));
    }
    guard.finish();
  });
  return all / static_cast<double>(tokens);
}

}  // namespace

int main() {
  const auto begin = std::chrono::steady_clock::now();
  const auto policy = guard::Policy::compile(guard::parseRules(kRules).value(), {}).value();
  const double compiled = nanosecondsSince(begin);
  const std::string clean = chat(""), dirty = chat("I am ada@example.org, 415-555-2671. ");
  if (policy->checkRequest(clean, "m").rewritten || !policy->checkRequest(dirty, "m").rewritten) {
    return 1;
  }
  std::printf("{\"clean_ns\":%.0f,\"found_ns\":%.0f,\"token_ns\":%.0f,\"compile_ns\":%.0f}\n",
              median([&] { policy->checkRequest(clean, "m"); }),
              median([&] { policy->checkRequest(dirty, "m"); }), nanosecondsAToken(policy),
              compiled);
}
