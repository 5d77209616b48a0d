#pragma once

#include <string>
#include <string_view>

namespace penstock::declare {

// How vendors whose API is OpenAI's are known to LiteLLM and Bifrost, and where they live. Vendor
// `openai` with their base_url serves them.
struct CompatibleVendor {
  std::string_view name;      // LiteLLM's prefix
  std::string_view alias;     // Bifrost's name where it is another
  std::string_view base_url;  // empty: openai's own; "?": every deployment has its own
  std::string_view variable;  // that holds its key by default; empty: none
};

const CompatibleVendor* findCompatible(std::string_view name);

// Vendors that speak another dialect, of which this version has none: "anthropic" and so on.
bool speaksAnotherDialect(std::string_view name);

// The vendor that LiteLLM takes a bare model name for; empty when unknown.
std::string_view vendorOfBareName(std::string_view model);

// True for loopback and private addresses and for names without a public suffix ("localhost",
// "ollama"): such a provider must be marked private. False for a reference to a variable.
bool isPrivateUrl(std::string_view url);

}  // namespace penstock::declare
