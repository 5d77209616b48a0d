#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "model/decision.h"

namespace penstock::trace {

// The decision trace as the log keeps it. Every request has one, so it is short: positions instead
// of names, microseconds and nano-dollars as whole numbers, and nothing that is as usual or stands
// elsewhere in the row.
//
// What budgets are called is the same for request after request. It stands on a line of its own,
// where there are any, which the log keeps once (store/log_row.h).
//
//   [["b",0,0],["all",1,2]]
//   {"v":3,"config":["@a",4,"single"],"resolved":"config",
//    "candidates":[["m","openai","prov_1","selected","first of the chain"]],
//    "attempts":[[0,null,"ok",200,1777593600000,100,50,1000,-1,1500,9,3,125000]],
//    "rules":[["tags.a == 'b'",false],["else",true]],"budgets":[[9850,"blocked"],125],
//    "decision":"attempt_1","reason":"because","us":2000}
std::string renderStored(const model::DecisionTrace& trace);

// What was stored for that request, now or by earlier versions, as renderDecision() shows it.
std::string showStored(std::string stored, std::string_view request_id);

// The attempts of what was stored, with their bills; of earlier versions none.
std::vector<model::Attempt> storedAttempts(std::string_view stored);

}  // namespace penstock::trace
