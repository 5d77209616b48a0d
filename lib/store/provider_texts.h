#pragma once

#include <string>
#include <string_view>

#include "base/secret.h"
#include "model/provider.h"

namespace penstock::store {

// Columns of the table provider that are JSON. What is not known there is ignored, what is missing
// is empty.
std::string settingsText(const model::ProviderSettings& settings);
model::ProviderSettings readSettings(std::string_view text);

// {"kind", …} with the kind's own members, secrets among them: to be sealed.
Secret credentialsText(const model::Credentials& credentials);
// Of an empty text, those of a provider whose api_key is all there is. Throws on what it cannot
// read: a credential that is taken for another must not be sent anywhere.
model::Credentials readCredentials(const Secret& text);

}  // namespace penstock::store
