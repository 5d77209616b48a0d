target_include_directories(penstock_declare SYSTEM PRIVATE ${YAML_CPP_INCLUDE})
target_link_libraries(penstock_declare PRIVATE ${YAML_CPP_STATIC})
