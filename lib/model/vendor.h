#pragma once

#include <cstdint>
#include <span>
#include <string_view>

#include "model/dialect.h"

namespace penstock::model {

// How a vendor's URLs are built; one file of provider/ each.
enum class Family : uint8_t { OpenAi, Anthropic, Google, Vertex, Azure, Bedrock };

// How a plain key is sent. Tokens (Google's, Entra's) are sent as bearers, AWS keys sign.
enum class KeyScheme : uint8_t {
  Bearer,       // Authorization: Bearer …
  XApiKey,      // x-api-key
  ApiKey,       // api-key
  XGoogApiKey,  // x-goog-api-key
  None,         // nothing is sent unless a key was given
};

// What an OpenAI-compatible server does otherwise than OpenAI (spec/dialects.md 15), as bits.
namespace quirk {
// Of requests:
inline constexpr uint32_t kMaxCompletionTokens = 1u << 0;  // knows max_completion_tokens
inline constexpr uint32_t kNoStreamOptions = 1u << 1;      // refuses stream_options
inline constexpr uint32_t kNoN = 1u << 2;                  // answers one choice only
inline constexpr uint32_t kRandomSeed = 1u << 3;           // "seed" is "random_seed"
inline constexpr uint32_t kShortToolIds = 1u << 4;         // tool ids of 9 letters and digits
inline constexpr uint32_t kNoParallelTools = 1u << 5;      // refuses parallel_tool_calls
inline constexpr uint32_t kNoLogprobs = 1u << 6;           // refuses logprobs and logit_bias
inline constexpr uint32_t kNoDeveloperRole = 1u << 7;      // refuses role "developer"
inline constexpr uint32_t kOutputDimension = 1u << 8;      // "dimensions" is "output_dimension"
// Those that a request of ours, too, has to be brought to when it is written.
inline constexpr uint32_t kToFit =
    kNoN | kRandomSeed | kShortToolIds | kNoParallelTools | kNoLogprobs | kOutputDimension;
// Of answers. The readers of dialect/ take all of these from any server; the bits say whose they
// are.
inline constexpr uint32_t kReasoningContent = 1u << 9;    // thinks in reasoning_content
inline constexpr uint32_t kReasoning = 1u << 10;          // thinks in reasoning
inline constexpr uint32_t kUsageInXGroq = 1u << 11;       // usage in x_groq.usage
inline constexpr uint32_t kUsageInChoice = 1u << 12;      // usage inside of the choice
inline constexpr uint32_t kUsageRepeats = 1u << 13;       // usage and citations in every chunk
inline constexpr uint32_t kErrorInBaseResp = 1u << 14;    // an error in base_resp, status 200
inline constexpr uint32_t kErrorFinish = 1u << 15;        // finish_reason "error"
inline constexpr uint32_t kPartialToolDeltas = 1u << 16;  // tool deltas without id or index
inline constexpr uint32_t kWholeToolCalls = 1u << 17;     // a tool call whole in one chunk
inline constexpr uint32_t kContentParts = 1u << 18;       // content may be a list of parts
inline constexpr uint32_t kFilterResults = 1u << 19;      // content filter results, empty choices
inline constexpr uint32_t kBlankBeforeBody = 1u << 20;  // blank lines before a body, to keep alive
}  // namespace quirk

// A vendor of models, as a row of data. New OpenAI-compatible vendors are rows, not files.
struct Vendor {
  std::string_view id;
  std::string_view name;      // for people
  std::string_view base_url;  // what a provider without a base_url of its own uses; empty: none can
  Dialect dialect = Dialect::OpenAi;  // of its models; see provider/call.h for those that have two
  Family family = Family::OpenAi;
  KeyScheme keys = KeyScheme::Bearer;
  uint32_t quirks = 0;                            // of quirk::
  std::string_view models_path = "models";        // of its list of models, below the base URL
  std::string_view default_model = {};            // what @default asks for at its own address
  std::string_view catalogue = {};                // its id in the price catalogue; empty: the same
  std::string_view variable = {};                 // that holds its key by custom; for importers
  std::span<const std::string_view> models = {};  // that each of its providers is known to serve
  // The members of a request that it knows, where it refuses those it does not; empty: it does not.
  std::span<const std::string_view> fields = {};

  bool has(uint32_t quirk) const { return (quirks & quirk) != 0; }
  std::string_view catalogueId() const { return catalogue.empty() ? id : catalogue; }
};

// The scheme of base URLs that name a server in this process.
inline constexpr std::string_view kInternalScheme = "internal://";

// Vendors that a provider can be created for.
std::span<const Vendor> vendors();
// By id or by another name of it ("azure", and what LiteLLM and Bifrost call them).
const Vendor* findVendor(std::string_view name);

// The vendor id that a bare model name means (spec/modelux.md 2.2), or empty.
std::string_view vendorOfBareModel(std::string_view model);

// "gpt-*, o1*, …", for the error that lists them.
std::string_view bareModelPrefixes();

}  // namespace penstock::model
