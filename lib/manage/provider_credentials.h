#pragma once

#include "json/reader.h"
#include "json/writer.h"
#include "model/provider.h"
#include "model/vendor.h"

namespace penstock::manage {

// Reads `credentials` {kind, …}; null means the api_key again. Of the same kind as before, what is
// not given stays; another kind starts afresh. A service account may be given as its key file,
// `key_file`, an object or its text. Records an error for kinds that the vendor does not take and
// for members that are missing or of no use. Answers whether a secret was given anew, or none is
// needed any more.
bool readCredentials(json::ObjectReader& body, const model::Vendor& vendor,
                     model::Provider& provider);

// Records an error unless the provider is at an address of the vendor's cloud, when its credentials
// are those of the machine: whoever may edit a provider could have them sent to themselves.
void checkAmbient(json::ObjectReader& body, const model::Vendor& vendor,
                  const model::Provider& provider);

// {kind, …} without the secrets; of a secret, where it shows anything, its fingerprint.
void writeCredentials(json::Writer& out, const model::Credentials& credentials);
// As documents have them: without fingerprints; what is left out there is for a ${NAME}.
void writeDeclaredCredentials(json::Writer& out, const model::Credentials& credentials);

}  // namespace penstock::manage
