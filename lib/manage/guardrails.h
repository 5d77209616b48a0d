#pragma once

#include <string>
#include <vector>

#include "base/secret.h"
#include "json/reader.h"
#include "json/writer.h"
#include "model/project.h"

namespace penstock::manage {

// `guardrails` among a project's settings: the complete list of rules (lib/guard/README.md); null
// or [] for none. Left as it is when absent. A webhook's secret that is not given stays what it was
// for the rule of that name.
void readGuardrails(json::ObjectReader& settings, model::ProjectSettings& now);
void writeGuardrails(json::Writer& out, const model::ProjectSettings& settings);

// A signing secret that a rule got because nobody gave it one; shown once.
struct GuardrailSecret {
  std::string rule, url;
  Secret value;
};
// Gives the webhook rules without a secret one. Those made.
std::vector<GuardrailSecret> completeSecrets(model::ProjectSettings& settings);

}  // namespace penstock::manage
