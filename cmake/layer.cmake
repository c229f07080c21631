# braze_layer(NAME LIBRARIES...): the static library of this folder, every .cc in it, linking the
# layer to its left and what else it needs. A folder of headers alone becomes an interface library.
function(braze_layer name)
  file(GLOB_RECURSE sources CONFIGURE_DEPENDS *.cc)
  if(sources)
    add_library(${name} STATIC ${sources})
    set(scope PUBLIC)
  else()
    add_library(${name} INTERFACE)
    set(scope INTERFACE)
  endif()
  target_include_directories(${name} ${scope} ${PROJECT_SOURCE_DIR})
  target_link_libraries(${name} ${scope} ${ARGN})
endfunction()
