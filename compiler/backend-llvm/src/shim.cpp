// What LLVM's C API has no function for.
#include "llvm/MC/MCAsmInfo.h"
#include "llvm/Target/TargetMachine.h"

// Chooses WebAssembly's exceptions. Without this the code generator takes the target for one without exceptions, makes a
// plain call of every `invoke` and drops the handlers, with no diagnostic.
extern "C" void galc_llvm_use_wasm_exceptions(void *machine) {
  auto *target_machine = static_cast<llvm::TargetMachine *>(machine);
  target_machine->Options.ExceptionModel = llvm::ExceptionHandling::Wasm;
  const_cast<llvm::MCAsmInfo *>(target_machine->getMCAsmInfo())
      ->setExceptionsType(llvm::ExceptionHandling::Wasm);
}
