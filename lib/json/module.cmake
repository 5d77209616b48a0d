target_include_directories(penstock_json SYSTEM PRIVATE ${RAPIDJSON_INCLUDE})
# RapidJSON takes strings 16 bytes at a time then. SSE2 is part of x86-64, NEON of ARM64.
if(CMAKE_SYSTEM_PROCESSOR MATCHES "x86_64|AMD64")
  target_compile_definitions(penstock_json PRIVATE RAPIDJSON_SSE2=1)
elseif(CMAKE_SYSTEM_PROCESSOR MATCHES "aarch64|arm64")
  target_compile_definitions(penstock_json PRIVATE RAPIDJSON_NEON=1)
endif()
