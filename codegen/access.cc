// Reads and writes of arrays.
//
// Strided elements are read one by one: a gather is no faster in the cache, and beyond it four
// times slower, since the processor does not fetch ahead of it.
#include <llvm/IR/Constants.h>

#include "codegen/kernel_builder.h"
#include "ir/error.h"

namespace codegen {

llvm::Type* memory_type(Builder& b, ir::DType t, int lanes) {
  return type_of(b, t == ir::DType::b1 ? ir::DType::u8 : t, lanes);
}

Val from_memory(Builder& b, ir::DType t, llvm::Value* v, int lanes) {
  return t == ir::DType::b1 ? convert(b.val(v, ir::DType::u8, lanes), t) : b.val(v, t, lanes);
}

namespace {

// Arrays of NumPy may be unaligned.
const llvm::Align unaligned(1);

llvm::Value* to_memory(Val x) { return x.is_mask() ? convert(x, ir::DType::u8).v : x.v; }

llvm::Value* ahead(Builder& b, llvm::Value* place, llvm::Value* bytes) {
  return b.ir.CreateGEP(b.ir.getInt8Ty(), place, bytes);
}

// The addresses of `lanes` elements, `stride` bytes apart, as a vector.
llvm::Value* vector_places(Builder& b, llvm::Value* first, llvm::Value* stride, int lanes) {
  llvm::SmallVector<llvm::Constant*, 64> numbers;
  for (int i = 0; i < lanes; ++i) numbers.push_back(b.ir.getInt64(uint64_t(i)));
  llvm::Value* steps = b.ir.CreateVectorSplat(unsigned(lanes), stride);
  return ahead(b, first, b.ir.CreateMul(llvm::ConstantVector::get(numbers), steps));
}

// Calls f(lane, address) for each of `lanes` elements. Four share one addition: the processor's
// addresses include one and two strides, and three are kept in a register.
template <class F>
void each_place(Builder& b, llvm::Value* first, llvm::Value* stride, int lanes, F&& f) {
  llvm::Value* steps[] = {nullptr, stride, b.ir.CreateShl(stride, 1),
                          b.ir.CreateMul(stride, b.ir.getInt64(3))};
  llvm::Value* four = b.ir.CreateShl(stride, 2);
  for (int i = 0; i < lanes; ++i) {
    if (i > 0 && i % 4 == 0) first = ahead(b, first, four);
    f(i, i % 4 == 0 ? first : ahead(b, first, steps[i % 4]));
  }
}

// What lanes that are off compute on: 1, since 0 sends logarithms and quotients into rare branches.
llvm::Value* off(Builder& b, ir::DType t, int lanes) {
  const int64_t one = t == ir::DType::f16 ? 0x3c00 : t == ir::DType::bf16 ? 0x3f80 : 1;
  if (t == ir::DType::b1) t = ir::DType::u8;
  return constant(b, ir::is_half(t) ? ir::DType::u16 : t, lanes, one).v;
}

}  // namespace

Val KernelBuilder::load(const Array& a, llvm::Value* row_start, llvm::Value* column, int lanes,
                        llvm::Value* mask) {
  if (a.access == Access::broadcast) lanes = 1;
  llvm::Type* t = memory_type(b, a.dtype, lanes);
  auto plain = [&](llvm::Value* place) {
    return from_memory(b, a.dtype, b.ir.CreateAlignedLoad(t, place, unaligned), lanes);
  };
  if (a.access == Access::broadcast) return plain(row_start);
  llvm::Value* none = off(b, a.dtype, lanes);
  if (a.access == Access::unit) {
    llvm::Value* place = b.ir.CreateGEP(t->getScalarType(), row_start, column);
    if (!mask || lanes == 1) return plain(place);
    return from_memory(b, a.dtype, b.ir.CreateMaskedLoad(t, place, unaligned, mask, none), lanes);
  }
  llvm::Value* first = ahead(b, row_start, b.ir.CreateMul(column, a.column_stride));
  if (lanes == 1) return plain(first);
  if (!mask) return load_each(a, first, lanes);
  llvm::Value* places = vector_places(b, first, a.column_stride, lanes);
  return from_memory(b, a.dtype, b.ir.CreateMaskedGather(t, places, unaligned, mask, none), lanes);
}

Val KernelBuilder::load_each(const Array& a, llvm::Value* first, int lanes) {
  llvm::Type* t = memory_type(b, a.dtype, 1);
  llvm::Value* v = llvm::PoisonValue::get(memory_type(b, a.dtype, lanes));
  each_place(b, first, a.column_stride, lanes, [&](int lane, llvm::Value* place) {
    v = b.ir.CreateInsertElement(v, b.ir.CreateAlignedLoad(t, place, unaligned), uint64_t(lane));
  });
  return from_memory(b, a.dtype, v, lanes);
}

void KernelBuilder::store(const Array& a, llvm::Value* row_start, llvm::Value* column, Val value,
                          llvm::Value* mask, bool stream) {
  BRAZE_CHECK(value.dtype == a.dtype) << "codegen: store of " << ir::info(value.dtype).name
                                      << " to " << a.ref << " of " << ir::info(a.dtype).name;
  llvm::Value* v = to_memory(value);
  if (a.access == Access::unit) {
    llvm::Value* place = b.ir.CreateGEP(v->getType()->getScalarType(), row_start, column);
    if (mask && value.lanes > 1) {
      b.ir.CreateMaskedStore(v, place, unaligned, mask);
    } else {
      store_plain(v, place, stream ? a.bytes() * value.lanes : 0);
    }
    return;
  }
  llvm::Value* first = ahead(b, row_start, b.ir.CreateMul(column, a.column_stride));
  if (value.lanes == 1) {
    store_plain(v, first, 0);
  } else if (mask) {
    llvm::Value* places = vector_places(b, first, a.column_stride, value.lanes);
    b.ir.CreateMaskedScatter(v, places, unaligned, mask);
  } else {
    each_place(b, first, a.column_stride, value.lanes, [&](int lane, llvm::Value* place) {
      store_plain(b.ir.CreateExtractElement(v, uint64_t(lane)), place, 0);
    });
  }
}

// With `stream` > 0, past the caches, to memory aligned to so many bytes.
void KernelBuilder::store_plain(llvm::Value* v, llvm::Value* place, int stream) {
  auto* s = b.ir.CreateAlignedStore(v, place, stream ? llvm::Align(uint64_t(stream)) : unaligned);
  if (!stream) return;
  auto* one = llvm::ConstantAsMetadata::get(b.ir.getInt32(1));
  s->setMetadata(llvm::LLVMContext::MD_nontemporal, llvm::MDNode::get(b.context(), one));
}

}  // namespace codegen
