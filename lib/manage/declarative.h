#pragma once

#include <string>
#include <vector>

#include "base/result.h"
#include "base/secret.h"
#include "json/value.h"
#include "manage/change.h"
#include "pricing/catalogue.h"

// The declarative configuration: everything that people configure, as one document with natural
// keys (slugs, names, addresses) instead of ids, so that it can live in a repository and be applied
// elsewhere. What the document does not name is left alone; sections that it has are complete: what
// is in the store and not in them is reported, and deleted when asked to.
namespace penstock::manage {

// A secret that applying made; it exists nowhere else.
struct MadeSecret {
  std::string resource;  // "api_key", "webhook_endpoint", "guardrail"
  std::string project;   // slug; empty for what belongs to the organization
  std::string name;
  Secret value;
  std::string url = {};  // of a guardrail: its webhook's
};

// What the store has and the document does not name.
struct Unmanaged {
  std::string resource;
  std::string name;
};

struct Reconciled {
  std::vector<Unmanaged> unmanaged;  // empty after pruning
  std::vector<MadeSecret> secrets;
};

enum class Prune : unsigned char { No, Yes };

// Makes the store say what the document says; what was done is in change.entries(). Nothing is
// written where nothing differs. 422 with every error in the document, pointers being those of the
// body around it ("/document/projects/0/slug").
Result<Reconciled> reconcile(Change& change, json::ValueRef body, Prune prune,
                             const pricing::PriceCatalogue& catalogue);

// The document of the store's present state, as JSON, sorted by the natural keys. Provider
// credentials and webhook secrets are never in it; keys' hashes only when asked for.
enum class KeyHashes : unsigned char { Leave, Include };
std::string exportDocument(store::Tables& tables, const std::string& organization_id,
                           const pricing::PriceCatalogue& catalogue, KeyHashes key_hashes);

// The version of the document's form.
constexpr int64_t kDocumentVersion = 1;

}  // namespace penstock::manage
