"""Module: the base of every layer and network."""

from __future__ import annotations

import functools
import itertools
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple, ParamSpec, Protocol, Self, TypeVar

import autograd
from autograd import Tensor
from autograd.dtypes import as_dtype
from autograd.engine.errors import NotATensorError
from autograd.engine.hooks import RemovableHandle
from autograd.engine.modes import modes
from autograd.types import DeviceLike

from .hooks import call_with_hooks
from .parameter import Buffer, Parameter

P = ParamSpec("P")
Result = TypeVar("Result", covariant=True)

EXTRA = "_extra_state"  # its name in a state dict
_HOOKS = (  # by the ids of their handles; what is special about some stands beside them, as in torch
    "_forward_hooks",
    "_forward_hooks_with_kwargs",
    "_forward_hooks_always_called",
    "_forward_pre_hooks",
    "_forward_pre_hooks_with_kwargs",
    "_backward_hooks",
    "_backward_pre_hooks",
)


class IncompatibleKeys(NamedTuple):
    """What `load_state_dict` did not find, and what it did not expect."""

    missing_keys: list[str]
    unexpected_keys: list[str]

    def __repr__(self) -> str:
        if not self.missing_keys and not self.unexpected_keys:
            return "<All keys matched successfully>"
        return f"IncompatibleKeys(missing_keys={self.missing_keys}, unexpected_keys={self.unexpected_keys})"


class HasForward(Protocol[P, Result]):
    """A module, for what calling it takes and gives."""

    def forward(self, *args: P.args, **kwargs: P.kwargs) -> Result: ...


class Module:
    """A network or a part of one: parameters, buffers and other modules, held as attributes.

    Subclass it, call `super().__init__()` first, assign layers and Parameters to attributes, and
    write `forward`.

    >>> import autograd, nn
    >>> class Double(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.scale = nn.Parameter(autograd.tensor(2.0))
    ...     def forward(self, x):
    ...         return x * self.scale
    >>> Double()(autograd.ones(2))
    tensor([2., 2.], grad_fn=<MulBackward0>)
    """

    _parameters: dict[str, Parameter | None]
    _buffers: dict[str, Tensor | None]
    _modules: dict[str, Module | None]
    dump_patches: bool = False  # of torch's first years; nothing reads it
    call_super_init: bool = False
    _version: int = 1  # of what the module saves; `_load_from_state_dict` finds it in local_metadata

    def __init__(self) -> None:
        own = self.__dict__
        own["_training"] = True
        own["_parameters"] = {}
        own["_buffers"] = {}
        own["_non_persistent"] = set()
        own["_modules"] = {}
        for kind in _HOOKS:
            own[kind] = {}

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """What the module computes; every subclass writes its own."""
        raise NotImplementedError(f"{type(self).__name__} has no forward()")

    if TYPE_CHECKING:  # takes and gives what the module's own forward does

        def __call__(self: HasForward[P, Result], *args: P.args, **kwargs: P.kwargs) -> Result: ...
    else:

        def __call__(self, *args: Any, **kwargs: Any) -> Any:
            if not (self._forward_hooks or self._forward_pre_hooks or self._backward_hooks or self._backward_pre_hooks):
                try:
                    return self.forward(*args, **kwargs)
                except (AttributeError, TypeError, AssertionError, autograd.OperationError) as error:
                    self._explain(args, error)
                    raise
            return call_with_hooks(self, args, kwargs)

    def _explain(self, args: tuple[Any, ...], error: Exception) -> None:
        """If a layer of this package failed because it was given arrays or lists, says so."""
        expected = [*type(self).forward.__annotations__.values()][:1]
        if type(self).__module__.partition(".")[0] == "nn" and expected == ["Tensor"]:
            for x in args if not isinstance(error, NotATensorError) else ():
                if isinstance(x, list) or (hasattr(x, "__array__") and not isinstance(x, Tensor)):
                    raise NotATensorError(type(self).__name__, x) from error

    @property
    def training(self) -> bool:
        """Whether layers such as dropout and batch norm act as in training."""
        training = self.__dict__["_training"]
        if modes.listener is not None:
            modes.listener.on_guarded(lambda: self.__dict__["_training"], training)
        return training

    @training.setter
    def training(self, mode: bool) -> None:
        self.__dict__["_training"] = mode

    # Attributes

    def __setattr__(self, name: str, value: Any) -> None:
        own = self.__dict__
        if name == "training":
            own["_training"] = value
            return
        if isinstance(value, Parameter | Module | Buffer) and "_modules" not in own:
            raise AttributeError(f"{type(self).__name__}: call super().__init__() before assigning {name!r}")
        if isinstance(value, Parameter):
            self._forget(name, but="_parameters")
            self.register_parameter(name, value)
        elif isinstance(value, Module) and name not in own["_parameters"]:
            self._forget(name, but="_modules")
            own["_modules"][name] = value
        elif isinstance(value, Buffer):
            self._forget(name, but="_buffers")
            self.register_buffer(name, value, persistent=value.persistent)
        elif "_modules" in own and name in own["_parameters"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign {type(value).__name__} as parameter {name!r} (Parameter or None expected)"
                )
            own["_parameters"][name] = None
        elif "_modules" in own and name in own["_modules"]:
            if value is not None:
                raise TypeError(
                    f"cannot assign {type(value).__name__} as child module {name!r} (Module or None expected)"
                )
            own["_modules"][name] = None
        elif "_modules" in own and name in own["_buffers"]:
            if value is not None and not isinstance(value, Tensor):
                raise TypeError(f"cannot assign {type(value).__name__} as buffer {name!r} (Tensor or None expected)")
            own["_buffers"][name] = value
        else:
            object.__setattr__(self, name, value)

    def _forget(self, name: str, but: str) -> None:
        """Takes a name out of all kinds of members but one, where a new one keeps the old one's place."""
        self.__dict__.pop(name, None)
        for kind in ("_parameters", "_buffers", "_modules"):
            if kind != but:
                getattr(self, kind).pop(name, None)

    def __getattr__(self, name: str) -> Any:
        own = self.__dict__
        for kind in ("_parameters", "_buffers", "_modules"):
            held = own.get(kind)
            if held is not None and name in held:
                return held[name]
        if "_modules" not in own and not name.startswith("__"):
            raise AttributeError(f"{type(self).__name__}: call super().__init__() first; there is no {name!r} before")
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        for held in (self._parameters, self._buffers, self._modules):
            if name in held:
                del held[name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._buffers, *self._modules})

    def register_parameter(self, name: str, param: Parameter | None) -> None:
        """Adds a parameter, or None to keep its name free."""
        _check_name(self, name, "_parameters")
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"register_parameter: {name!r} is a {type(param).__name__}, not a Parameter or None")
        self._parameters[name] = param

    def register_buffer(self, name: str, tensor: Tensor | None, persistent: bool = True) -> None:
        """Adds a tensor that moves and is saved with the module (unless not persistent) but is not trained."""
        _check_name(self, name, "_buffers")
        if tensor is not None and not isinstance(tensor, Tensor):
            raise TypeError(f"register_buffer: {name!r} is a {type(tensor).__name__}, not a Tensor or None")
        self._buffers[name] = tensor
        (self._non_persistent.discard if persistent else self._non_persistent.add)(name)

    def add_module(self, name: str, module: Module | None) -> None:
        """Adds a child module under a name."""
        _check_name(self, name, "_modules")
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"add_module: {name!r} is a {type(module).__name__}, not a Module or None")
        self._modules[name] = module

    register_module = add_module

    def register_forward_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False, always_call: bool = False
    ) -> RemovableHandle:
        """Calls hook(module, args, output) after forward; what it returns replaces the output.

        `with_kwargs` calls hook(module, args, kwargs, output), `prepend` puts it before the others. With `always_call`
        it is called, with None for what is not there, if the module or another hook fails, too.
        """
        marks = {"_forward_hooks_with_kwargs": with_kwargs, "_forward_hooks_always_called": always_call}
        return _added(self._forward_hooks, hook, prepend, *(getattr(self, name) for name in marks if marks[name]))

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> RemovableHandle:
        """Calls hook(module, args) before forward; what it returns replaces the arguments.

        `with_kwargs` calls hook(module, args, kwargs), which may return both, `prepend` puts it before the others.
        """
        marks = [self._forward_pre_hooks_with_kwargs] if with_kwargs else []
        return _added(self._forward_pre_hooks, hook, prepend, *marks)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Calls hook(module, grad_input, grad_output) when the inputs' gradients are known.

        Both are tuples, grad_input with None for an argument without a gradient; what the hook returns
        replaces grad_input. Gradients of keyword arguments are not shown.
        """
        return _added(self._backward_hooks, hook, prepend)

    register_backward_hook = register_full_backward_hook

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> RemovableHandle:
        """Calls hook(module, grad_output) before the module's backward; what it returns replaces grad_output."""
        return _added(self._backward_pre_hooks, hook, prepend)

    # Walking

    def named_modules(
        self, memo: set[Module] | None = None, prefix: str = "", remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Module]]:
        """The module itself and all below it, with their dotted names, each once."""
        memo = set() if memo is None else memo
        if self in memo:
            return
        if remove_duplicate:
            memo.add(self)
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(memo, f"{prefix}.{name}" if prefix else name, remove_duplicate)

    def modules(self) -> Iterator[Module]:
        """The module itself and all below it."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """The direct children with their names; one that has several comes once, by the first."""
        seen: set[Module] = set()
        for name, child in self._modules.items():
            if child is not None and child not in seen:
                seen.add(child)
                yield name, child

    def children(self) -> Iterator[Module]:
        """The direct children, each once."""
        return (child for _, child in self.named_children())

    def _named_members(
        self, kind: str, prefix: str, recurse: bool, remove_duplicate: bool
    ) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        modules = self.named_modules(None, prefix, remove_duplicate) if recurse else [(prefix, self)]
        for path, module in modules:
            for name, member in getattr(module, kind).items():
                if member is None or (id(member) in seen and remove_duplicate):
                    continue
                seen.add(id(member))
                yield (f"{path}.{name}" if path else name), member

    def named_parameters(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Parameter]]:
        """All parameters with their dotted names, each once."""
        return self._named_members("_parameters", prefix, recurse, remove_duplicate)

    def parameters(self, recurse: bool = True) -> Iterator[Parameter]:
        """All parameters, each once."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(
        self, prefix: str = "", recurse: bool = True, remove_duplicate: bool = True
    ) -> Iterator[tuple[str, Tensor]]:
        """All buffers with their dotted names, each once."""
        return self._named_members("_buffers", prefix, recurse, remove_duplicate)

    def buffers(self, recurse: bool = True) -> Iterator[Tensor]:
        """All buffers, each once."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def get_submodule(self, target: str) -> Module:
        """The module with a dotted name; the module itself for ''."""
        module: Module = self
        for part in filter(None, target.split(".")):
            child = module._modules.get(part)
            if child is None:
                raise AttributeError(f"{type(module).__name__} has no module {part!r} (in {target!r})")
            module = child
        return module

    def get_parameter(self, target: str) -> Parameter:
        """The parameter with a dotted name."""
        path, _, name = target.rpartition(".")
        parameter = self.get_submodule(path)._parameters.get(name)
        if parameter is None:
            raise AttributeError(f"no parameter {target!r}")
        return parameter

    def get_buffer(self, target: str) -> Tensor:
        """The buffer with a dotted name."""
        path, _, name = target.rpartition(".")
        buffer = self.get_submodule(path)._buffers.get(name)
        if buffer is None:
            raise AttributeError(f"no buffer {target!r}")
        return buffer

    def set_submodule(self, target: str, module: Module) -> None:
        """Puts a module where another one with a dotted name is."""
        path, _, name = target.rpartition(".")
        self.get_submodule(target)
        self.get_submodule(path)._modules[name] = module

    # Changing all of it

    def apply(self, fn: Callable[[Module], None]) -> Self:
        """Calls fn on every module below, then on this one."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switches this module and, by their own `train`, its children to training (with False, to evaluation)."""
        if not isinstance(mode, bool):
            raise ValueError(f"train: expected True or False, got {mode!r}")
        self.training = mode
        for child in self.children():
            child.train(mode)
        return self

    def eval(self) -> Self:
        """train(False)."""
        return self.train(False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Switches whether the parameters are trained."""
        for parameter in self.parameters():
            parameter.requires_grad_(requires_grad)
        return self

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Drops (or zeroes) the gradients of all parameters."""
        for parameter in self.parameters():
            clear_grad(parameter, set_to_none)

    def _apply(self, fn: Callable[[Tensor], Tensor], recurse: bool = True) -> Self:
        """Replaces the memory of every parameter, gradient and buffer; the parameters stay the same objects.

        Its children do so by their own `_apply`: override it to have what else the module holds converted, too.
        """
        if recurse:
            for child in self.children():
                child._apply(fn)
        for parameter in self._parameters.values():
            if parameter is not None:
                gradient = parameter.grad
                parameter.data = fn(parameter.detach())
                if gradient is not None:
                    parameter.grad = None
                    parameter.grad = fn(gradient)
        for name, buffer in self._buffers.items():
            if buffer is not None:
                self._buffers[name] = fn(buffer)
        return self

    def to(self, *args: Any, **kwargs: Any) -> Self:
        """Moves to a device, or converts the floating-point tensors to a dtype, or both."""
        options = dict(kwargs)
        for each in args:
            if isinstance(each, Tensor):
                options.update(dtype=each.dtype, device=each.device)
            elif isinstance(each, autograd.dtype | type):
                options["dtype"] = as_dtype("to", each)
            elif not isinstance(each, bool) and each is not None:
                options["device"] = each
        dtype, device = options.get("dtype"), options.get("device")
        if dtype is not None and not dtype.is_floating_point:
            raise TypeError(f"to: a module is converted to floating-point dtypes only, got {dtype}")
        return self._apply(lambda x: x.to(dtype=dtype if x.is_floating_point() else None, device=device))

    def cpu(self) -> Self:
        """to('cpu')."""
        return self.to("cpu")

    def cuda(self, device: DeviceLike = None) -> Self:
        """to('cuda')."""
        return self.to("cuda" if device is None else device)

    def float(self) -> Self:
        """to(float32)."""
        return self.to(autograd.float32)

    def double(self) -> Self:
        """to(float64)."""
        return self.to(autograd.float64)

    def half(self) -> Self:
        """to(float16)."""
        return self.to(autograd.float16)

    def bfloat16(self) -> Self:
        """to(bfloat16)."""
        return self.to(autograd.bfloat16)

    def type(self, dst_type: Any) -> Self:
        """to(dtype)."""
        return self.to(dst_type)

    def to_empty(self, *, device: DeviceLike, recurse: bool = True) -> Self:
        """Moves to a device without the values."""
        return self._apply(lambda x: autograd.empty_like(x, device=device), recurse)

    def compile(self, *args: Any, **kwargs: Any) -> None:
        """Does nothing, whatever the options of torch's compiler: `autograd.compile` of a whole training step does."""

    def xpu(self, device: DeviceLike = None) -> Self:
        """to('xpu'), for which there is no backend."""
        return self.to("xpu" if device is None else device)

    def share_memory(self) -> Self:
        """The module itself: worker processes get copies."""
        return self

    # Saving and loading

    def state_dict(
        self, *args: Any, destination: Any = None, prefix: str = "", keep_vars: bool = False
    ) -> dict[str, Any]:
        """The parameters and persistent buffers by dotted name; they share memory with the module.

        What a module itself has is written by its `_save_to_state_dict`; its children write theirs.
        """
        given = dict(zip(("destination", "prefix", "keep_vars"), args, strict=False))  # torch's older way
        destination, prefix = given.get("destination", destination), given.get("prefix", prefix)
        keep_vars = given.get("keep_vars", keep_vars)
        for hook in self._hooks_of("state_dict_pre"):
            hook(self, prefix, keep_vars)
        state: Any = OrderedDict() if destination is None else destination
        if destination is None:
            state._metadata = OrderedDict()
        metadata = {"version": self._version}
        if hasattr(state, "_metadata"):
            state._metadata[prefix[:-1]] = metadata
        self._save_to_state_dict(state, prefix, keep_vars)
        for name, child in self._modules.items():
            if child is not None:
                child.state_dict(destination=state, prefix=f"{prefix}{name}.", keep_vars=keep_vars)
        for hook in self._hooks_of("state_dict_post"):
            changed = hook(self, state, prefix, metadata)
            state = state if changed is None else changed
        return state

    def _own_state(self) -> Iterator[tuple[str, Tensor]]:
        """The parameters and persistent buffers of this module alone."""
        kept = ((name, buffer) for name, buffer in self._buffers.items() if name not in self._non_persistent)
        return ((name, x) for name, x in itertools.chain(self._parameters.items(), kept) if x is not None)

    def _save_to_state_dict(self, destination: dict[str, Any], prefix: str, keep_vars: bool) -> None:
        """Writes what this module alone has into `destination`."""
        for name, member in self._own_state():
            destination[prefix + name] = member if keep_vars else member.detach()
        if type(self).get_extra_state is not Module.get_extra_state:
            destination[prefix + EXTRA] = self.get_extra_state()

    def get_extra_state(self) -> Any:
        """What a subclass wants to have in the state dict beside tensors; with it goes `set_extra_state`."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def set_extra_state(self, state: Any) -> None:
        """Takes over what `get_extra_state` gave."""
        raise NotImplementedError(f"{type(self).__name__} has no extra state")

    def register_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls hook(module, prefix, keep_vars) before `state_dict` collects."""
        return self._add_hook("state_dict_pre", hook)

    def register_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls hook(module, state_dict, prefix, metadata) when `state_dict` has collected; it may change it."""
        return self._add_hook("state_dict_post", hook)

    def register_load_state_dict_pre_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls hook(module, state_dict, prefix, metadata, strict, missing, unexpected, errors) before loading.

        The hook may rename or change what is in `state_dict`, which is a copy.
        """
        return self._add_hook("load_pre", hook)

    def register_load_state_dict_post_hook(self, hook: Callable[..., None]) -> RemovableHandle:
        """Calls hook(module, incompatible_keys) after loading."""
        return self._add_hook("load_post", hook)

    def _register_load_state_dict_pre_hook(
        self, hook: Callable[..., None], with_module: bool = False
    ) -> RemovableHandle:
        """torch's name of before there was a public one; the hook gets no module unless asked."""
        return self._add_hook("load_pre", hook if with_module else functools.partial(_without_module, hook))

    def _register_state_dict_hook(self, hook: Callable[..., Any]) -> RemovableHandle:
        """torch's name of before there was a public one; what the hook returns replaces the state dict."""
        return self._add_hook("state_dict_post", hook)

    def _add_hook(self, kind: str, hook: Callable[..., None]) -> RemovableHandle:
        return RemovableHandle(self.__dict__.setdefault("_state_hooks", {}).setdefault(kind, {}), hook)

    def _hooks_of(self, kind: str) -> list[Callable[..., Any]]:
        return list(self.__dict__.get("_state_hooks", {}).get(kind, {}).values())

    def load_state_dict(
        self, state_dict: Mapping[str, Any], strict: bool = True, assign: bool = False
    ) -> IncompatibleKeys:
        """Copies saved values into the parameters and buffers (with `assign`: takes their memory).

        Unless `strict` is off, missing or unexpected keys raise; a wrong shape always does. The tensors of
        the module are unchanged after an error. Each module below takes its own by `_load_from_state_dict`.
        """
        if not isinstance(state_dict, Mapping):
            hint = "; pass its state_dict()" if isinstance(state_dict, Module) else ""
            hint = "; pass autograd.load(path)" if isinstance(state_dict, str | os.PathLike) else hint
            raise TypeError(
                f"{type(self).__name__}.load_state_dict: expected a state dict, got {type(state_dict).__name__}{hint}"
            )
        metadata = getattr(state_dict, "_metadata", None) or {}
        missing: list[str] = []
        unexpected: list[str] = []
        errors: list[str] = []
        before = self._before_loading(state_dict)

        def load(module: Module, state: dict[str, Any], prefix: str) -> None:
            local = {**metadata.get(prefix[:-1], {}), **({"assign_to_params_buffers": True} if assign else {})}
            module._load_from_state_dict(state, prefix, local, True, missing, unexpected, errors)
            for name, child in module._modules.items():
                if child is not None:
                    start = f"{prefix}{name}."
                    load(child, {key: value for key, value in state.items() if key.startswith(start)}, start)
            for hook in module._hooks_of("load_post"):
                hook(module, report)

        report = IncompatibleKeys(missing, unexpected)
        try:
            load(self, OrderedDict(state_dict), "")
            for kind, keys in (("Unexpected", unexpected), ("Missing", missing)):
                if strict and keys:
                    errors.insert(0, f"{kind} key(s) in state_dict: " + ", ".join(f'"{key}"' for key in keys) + ". ")
            if errors:
                message = "\n\t".join([f"Error(s) in loading state_dict for {type(self).__name__}:", *errors])
                raise RuntimeError(message)
        except BaseException:
            with autograd.no_grad():
                for x, memory, value in before:
                    x.data = memory
                    x.copy_(value)
            raise
        return report

    def _before_loading(self, state_dict: Mapping[str, Any]) -> list[tuple[Tensor, Tensor, Tensor]]:
        """The tensors, their memory and copies of their values, to put back after an error; none where all will fit."""
        own = dict(self._own_state_below())
        shapes = {key: getattr(value, "shape", None) for key, value in state_dict.items()}
        if shapes == {key: x._array.shape for key, x in own.items()}:
            return []
        known = (x for x in own.values() if not hasattr(x, "materialize"))  # the shape of others stays what it becomes
        return [(x, x.detach(), x.detach().clone()) for x in known]

    def _own_state_below(self) -> Iterator[tuple[str, Tensor]]:
        for path, module in self.named_modules(remove_duplicate=False):
            for name, x in module._own_state():
                yield f"{path}.{name}" if path else name, x

    def _load_from_state_dict(
        self,
        state_dict: dict[str, Any],
        prefix: str,
        local_metadata: dict[str, Any],
        strict: bool,
        missing_keys: list[str],
        unexpected_keys: list[str],
        error_msgs: list[str],
    ) -> None:
        """Takes what this module alone has from the entries of `state_dict` that begin with `prefix`.

        Override it to read what an earlier version of the module saved: change state_dict, then call this one.
        Problems go into the three lists.
        """
        for hook in self._hooks_of("load_pre"):
            hook(self, state_dict, prefix, local_metadata, strict, missing_keys, unexpected_keys, error_msgs)
        own = dict(self._own_state())
        with autograd.no_grad():
            for name, x in own.items():
                key = prefix + name
                if key not in state_dict:
                    if strict:
                        missing_keys.append(key)
                    continue
                try:
                    value = autograd.as_tensor(state_dict[key])
                except (TypeError, ValueError):
                    kind = type(state_dict[key]).__name__
                    error_msgs.append(f'While copying "{key}": expected a Tensor from the checkpoint, got {kind}.')
                    continue
                if not x.ndim and value.ndim == 1 and len(value) == 1:
                    value = value[0]  # before 0.4 torch's scalars were vectors of one element
                if value.shape != x.shape:
                    error_msgs.append(
                        f"size mismatch for {key}: copying a param with shape {value.shape} from checkpoint, "
                        f"the shape in current model is {x.shape}."
                    )
                elif local_metadata.get("assign_to_params_buffers"):
                    x.data = value.detach()
                else:
                    try:
                        x.copy_(value)
                    except RuntimeError as error:
                        error_msgs.append(f'While copying "{key}": {error}')
        if type(self).set_extra_state is not Module.set_extra_state:
            if prefix + EXTRA in state_dict:
                self.set_extra_state(state_dict[prefix + EXTRA])
            elif strict:
                missing_keys.append(prefix + EXTRA)
        elif strict and prefix + EXTRA in state_dict:
            unexpected_keys.append(prefix + EXTRA)
        if strict:
            for key in state_dict:
                if key.startswith(prefix) and key != prefix + EXTRA:
                    name, dot, _ = key[len(prefix) :].partition(".")
                    if name not in (self._modules if dot else own):
                        unexpected_keys.append(key)

    # Printing

    def extra_repr(self) -> str:
        """What stands in the brackets of the module's repr."""
        return ""

    def _get_name(self) -> str:
        return type(self).__name__

    def __repr__(self) -> str:
        extra = self.extra_repr()
        lines = extra.split("\n") if extra else []
        lines += [f"({name}): " + repr(child).replace("\n", "\n  ") for name, child in self._modules.items()]
        if len(lines) <= 1 and not self._modules:
            return f"{self._get_name()}({extra})"
        return "\n  ".join([f"{self._get_name()}(", *lines]) + "\n)"

    def __setstate__(self, state: dict[str, Any]) -> None:
        for kind in _HOOKS:
            self.__dict__[kind] = {}  # a module pickled by an earlier version may lack some
        self.__dict__.update(state)
        for kind in ("_forward_hooks", "_forward_pre_hooks"):
            for key, hook in self.__dict__[kind].items():
                if isinstance(hook, tuple):  # as that version kept it: with whether it takes the keywords
                    self.__dict__[kind][key], with_kwargs = hook
                    self.__dict__[f"{kind}_with_kwargs"].update({key: True} if with_kwargs else {})


def _without_module(hook: Callable[..., None], module: Module, *args: Any) -> None:
    hook(*args)


def _added(hooks: dict[int, Any], hook: Any, first: bool, *marks: dict[int, bool]) -> RemovableHandle:
    """Adds a hook after the others, or before them, and to what it is marked by."""
    others = dict(hooks)
    handle = RemovableHandle(hooks, hook, marks)
    if first:
        for key in others:
            hooks[key] = hooks.pop(key)
    return handle


def clear_grad(parameter: Tensor, set_to_none: bool) -> None:
    """Drops a gradient, or zeroes it in place."""
    if set_to_none:
        parameter.grad = None
    else:
        gradient = parameter.grad
        if gradient is not None:
            if gradient.grad_fn is not None:
                parameter.grad = gradient = gradient.detach()
            with autograd.no_grad():
                gradient.zero_()


def _check_name(module: Module, name: str, kind: str) -> None:
    if "_parameters" not in module.__dict__:
        raise AttributeError(f"{type(module).__name__}: call super().__init__() before adding {name!r}")
    if not isinstance(name, str):
        raise TypeError(f"the name of a parameter, buffer or module is a string, got {name!r}")
    if not name or "." in name:
        raise KeyError(f"a parameter, buffer or module name can't be empty or contain a dot, got {name!r}")
    if hasattr(module, name) and name not in getattr(module, kind):
        raise KeyError(f"attribute {name!r} already exists")
