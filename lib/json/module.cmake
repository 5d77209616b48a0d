target_include_directories(penstock_json SYSTEM PRIVATE ${RAPIDJSON_INCLUDE})
