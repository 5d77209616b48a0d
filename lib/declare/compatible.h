#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/vendor.h"

namespace penstock::declare {

// How LiteLLM and Bifrost name a vendor whose API is OpenAI's.
struct CompatibleVendor {
  const model::Vendor* vendor;
  bool addressless;  // there, every deployment says where it is
};

// By LiteLLM's prefix, Bifrost's name or ours; nothing for others.
std::optional<CompatibleVendor> findCompatible(std::string_view name);

// Vendors that are known but not carried over, since they speak another dialect: "anthropic" and so
// on.
bool speaksAnotherDialect(std::string_view name);

// What the document says of where it is, when its source says nothing: nothing for the vendor's own
// address, but that of a server in the house, which is said with `private`.
std::string_view assumedUrl(const model::Vendor& vendor);

// The vendor that LiteLLM takes a bare model name for; empty when unknown.
std::string_view vendorOfBareName(std::string_view model);

// True for loopback and private addresses and for names without a public suffix ("localhost",
// "ollama"): such a provider must be marked private. False for a reference to a variable.
bool isPrivateUrl(std::string_view url);

}  // namespace penstock::declare
