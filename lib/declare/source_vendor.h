#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "model/vendor.h"

namespace penstock::declare {

// How LiteLLM and Bifrost name a vendor whose providers are carried over: those that are asked with
// a plain key.
struct SourceVendor {
  const model::Vendor* vendor;
  bool addressless;  // there, every deployment says where it is
};

// By LiteLLM's prefix, Bifrost's name or ours; nothing for others.
std::optional<SourceVendor> findSourceVendor(std::string_view name);

// Why a provider of a vendor that findSourceVendor() does not find is not carried over.
std::string_view whyNotCarriedOver(std::string_view name);

// True for all that those gateways call a vendor, also where it is not carried over.
bool isVendorName(std::string_view name);

// An address of theirs without what our base URLs of that vendor do not have: the last slashes, and
// the version and the endpoint of a dialect whose paths begin with the version.
std::string baseUrlOf(const model::Vendor& vendor, std::string url);

// What the document says of where it is, when its source says nothing: nothing for the vendor's own
// address, but that of a server in the house, which is said with `private`.
std::string_view assumedUrl(const model::Vendor& vendor);

// The vendor that LiteLLM takes a bare model name for; empty when unknown.
std::string_view vendorOfBareName(std::string_view model);

// True for loopback and private addresses and for names without a public suffix ("localhost",
// "ollama"): such a provider must be marked private. False for a reference to a variable.
bool isPrivateUrl(std::string_view url);

}  // namespace penstock::declare
