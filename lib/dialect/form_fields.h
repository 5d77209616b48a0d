#pragma once

#include <string>
#include <string_view>

#include "http/multipart.h"

namespace penstock::dialect {

// A form of OpenAI's as the JSON object that it would be if the API took one:
//
//   {"model":"@stt","temperature":0.2,"stream":true,"include":["logprobs"],
//    "file":{"filename":"a.wav","content_type":"audio/wav","bytes":32044},
//    "mlx:tags":{"team":"ml"},"mlx:cache":{"skip":true}}
//
// Fields whose names end with "[]", and those that are repeated, become arrays without the
// brackets; "a[b]", in which the SDKs write nested objects, a member of an object. Numbers and
// booleans are such where the field is known to have one; `mlx:*` fields may hold JSON.
std::string fieldsOf(const http::Form& form);

}  // namespace penstock::dialect
