#pragma once

#include <map>
#include <string>

#include "base/clock.h"
#include "declare/document.h"
#include "json/value.h"

namespace penstock::declare {

// What a model's name in LiteLLM is in Penstock: "gpt-4o" → "@gpt-4o", "openai/*" → "openai/*".
using ModelNames = std::map<std::string, std::string, std::less<>>;

// The keys' part of importLiteLlm(); adds to `imported`.
Status importLiteLlmKeys(json::ValueRef dump, const ModelNames& models, UnixMillis now,
                         Imported& imported);

}  // namespace penstock::declare
