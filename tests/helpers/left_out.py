"""PyTorch's public names that are not here, each family with its reason. `tests/torchlike/test_public_names.py` reads it.

A name without a module in front is one of `torch`.
"""

from __future__ import annotations

LEFT_OUT = {
    "TorchScript: its types, graphs and files; nothing is compiled, and `jit.script` gives back what it is given": """
        AliasDb AnyType Argument ArgumentSpec AwaitType Block BoolType BufferDict CallStack Capsule ClassType Code
        CompilationUnit CompleteArgumentSpec ComplexType ConcreteModuleType ConcreteModuleTypeBuilder DeepCopyMemoTable
        DeserializationStorageContext DeviceObjType DictType EnumType ErrorReport ExecutionPlan FileCheck FloatType
        FunctionSchema FutureType Gradient Graph GraphExecutorState IODescriptor InferredType IntType InterfaceType
        JITException ListType LiteScriptModule ModuleDict Node NoneType NumberType OperatorInfo OptionalType
        ParameterDict PyObjectType PyTorchFileReader PyTorchFileWriter RRefType ScriptClass ScriptClassFunction
        ScriptDict ScriptDictIterator ScriptDictKeyIterator ScriptFunction ScriptList ScriptListIterator ScriptMethod
        ScriptModule ScriptModuleSerializer ScriptObject ScriptObjectProperty SerializationStorageContext StaticModule
        StreamObjType StringType SymBoolType SymIntType TensorType TracingState TupleType Type UnionType Use Value
        import_ir_module import_ir_module_from_buffer merge_type_from_type_comment parse_ir parse_schema
        parse_type_comment unify_type_list torch.testing.FileCheck
        torch.nn.functional.BroadcastingList1 torch.nn.functional.BroadcastingList2
        torch.nn.functional.BroadcastingList3 torch.nn.functional.boolean_dispatch
        torch.nn.functional.assert_int_or_pair torch.autograd.NestedIOFunction""",
    "numbers that are symbols of a shape, and the dispatcher's keys: shapes are Python's numbers here": """
        DispatchKey DispatchKeySet ExcludeDispatchKeyGuard SymBool SymFloat SymInt Tag export sym_constrain_range
        sym_constrain_range_for_size sym_fresh_size torch.autograd.graph.set_override_stale_capture_stream
        torch.autograd.graph.region_activation_memory_budget""",
    "parts of torch's own measuring": """
        AVG AggregationType BenchmarkConfig BenchmarkExecutionStats LockingLogger NoopLogger SUM ThroughputBenchmark""",
    "quantized tensors": """
        choose_qparams_optimized empty_quantized fake_quantize_per_channel_affine fake_quantize_per_tensor_affine
        fbgemm_linear_fp16_weight fbgemm_linear_fp16_weight_fp32_activation fbgemm_linear_int8_weight
        fbgemm_linear_int8_weight_fp32_activation fbgemm_linear_quantize_weight fbgemm_pack_gemm_matrix_fp16
        fbgemm_pack_quantized_matrix fused_moving_avg_obs_fake_quant int_repr q_per_channel_axis q_per_channel_scales
        q_per_channel_zero_points q_scale q_zero_point qint32 qint8 qscheme quantize_per_channel quantize_per_tensor
        quantize_per_tensor_dynamic quantized_batch_norm quantized_gru_cell quantized_lstm_cell quantized_max_pool1d
        quantized_max_pool2d quantized_max_pool3d quantized_rnn_relu_cell quantized_rnn_tanh_cell quint2x4 quint4x2
        quint8 torch.Tensor.q_per_channel_axis torch.Tensor.q_per_channel_scales torch.Tensor.q_per_channel_zero_points
        torch.nn.intrinsic torch.nn.qat torch.nn.quantizable torch.nn.quantized""",
    "dtypes that NumPy and CuPy do not have": """
        bit bits16 bits1x8 bits2x4 bits4x2 bits8 chalf complex32 float4_e2m1fn_x2 float8_e4m3fn float8_e4m3fnuz
        float8_e5m2 float8_e5m2fnuz float8_e8m0fnu int1 int2 int3 int4 int5 int6 int7 uint1 uint2 uint3 uint4 uint5
        uint6 uint7 torch.Tensor.chalf torch.nn.functional.ScalingType torch.nn.functional.SwizzleType
        torch.nn.functional.scaled_grouped_mm torch.nn.functional.scaled_mm""",
    "sparse tensors": """
        ccol_indices_copy col_indices_copy crow_indices_copy dsmm hsmm hspmm indices_copy resize_as_sparse_
        row_indices_copy saddmm smm sparse_bsc_tensor sparse_bsr_tensor sparse_compressed_tensor sparse_csc_tensor
        sspaddmm values_copy torch.Tensor.ccol_indices torch.Tensor.resize_as_sparse_ torch.Tensor.row_indices
        torch.Tensor.smm torch.Tensor.sparse_resize_ torch.Tensor.sparse_resize_and_clear_ torch.Tensor.sspaddmm
        torch.Tensor.to_sparse_bsc torch.Tensor.to_sparse_bsr torch.Tensor.to_sparse_csc""",
    "kernels of one library or device by name: what they compute has a general name": """
        batch_norm_backward_elemt batch_norm_backward_reduce batch_norm_elemt batch_norm_gather_stats
        batch_norm_gather_stats_with_counts batch_norm_stats batch_norm_update_stats cpp cudnn_affine_grid_generator
        cudnn_batch_norm cudnn_convolution cudnn_convolution_add_relu cudnn_convolution_relu
        cudnn_convolution_transpose cudnn_grid_sampler cudnn_is_acceptable miopen_batch_norm miopen_convolution
        miopen_convolution_add_relu miopen_convolution_relu miopen_convolution_transpose miopen_ctc_loss
        miopen_depthwise_convolution miopen_rnn mkldnn_adaptive_avg_pool2d mkldnn_convolution
        mkldnn_linear_backward_weights mkldnn_max_pool2d mkldnn_max_pool3d mkldnn_rnn_layer
        torch.nn.functional.grouped_mm torch.nn.attention.WARN_FOR_UNFUSED_KERNELS
        torch.nn.attention.activate_flash_attention_impl torch.nn.attention.current_flash_attention_impl
        torch.nn.attention.list_flash_attention_impls torch.nn.attention.register_flash_attention_impl
        torch.nn.attention.restore_flash_attention_impl""",
    "devices other than the CPU and NVIDIA's": """
        AcceleratorError Event FatalError Stream get_autocast_ipu_dtype get_autocast_xla_dtype get_device_module
        init_num_threads is_autocast_ipu_enabled is_autocast_xla_enabled is_vulkan_available set_autocast_ipu_dtype
        set_autocast_ipu_enabled set_autocast_xla_dtype set_autocast_xla_enabled torch.Tensor.ipu torch.Tensor.mtia
        torch.Tensor.xpu""",
    "autocast is switched by entering it": """
        autocast_decrement_nesting autocast_increment_nesting set_autocast_cache_enabled set_autocast_cpu_dtype
        set_autocast_cpu_enabled set_autocast_dtype set_autocast_enabled set_autocast_gpu_dtype""",
    "where a tensor lies in memory: what is strided otherwise is a copy here": """
        as_strided_ hash_tensor slice_inverse torch.Tensor.as_strided_ torch.Tensor.const_data_ptr
        torch.Tensor.hash_tensor torch.Tensor.slice_inverse torch.nn.utils.convert_conv2d_weight_memory_format
        torch.nn.utils.convert_conv3d_weight_memory_format torch.autograd.enforce_grad_layout_policy""",
    "tensors that carry a mask": """
        torch.masked.MaskedTensor torch.masked.as_masked_tensor torch.masked.is_masked_tensor
        torch.masked.masked_tensor""",
    "gone, or wrong in torch: its CrossMapLRN2d never takes the first channel out of its sums (use LocalResponseNorm)": """
        torch.Tensor.name torch.Tensor.volatile torch.nn.Container torch.nn.CrossMapLRN2d torch.nn.NLLLoss2d""",
    "pipes of data, which torch is giving up": """
        torch.utils.data.DFIterDataPipe torch.utils.data.DataChunk torch.utils.data.IterDataPipe
        torch.utils.data.MapDataPipe torch.utils.data.argument_validation torch.utils.data.functional_datapipe
        torch.utils.data.guaranteed_datapipes_determinism torch.utils.data.non_deterministic
        torch.utils.data.runtime_validation torch.utils.data.runtime_validation_disabled""",
    "what a module of torch has for itself": """
        thread_safe_generator torch.random.thread_safe_generator torch.fft.Tensor torch.linalg.common_notes
        torch.nn.common_types torch.nn.factory_kwargs torch.nn.functional.GRID_SAMPLE_INTERPOLATION_MODES
        torch.nn.functional.GRID_SAMPLE_PADDING_MODES torch.nn.functional.TYPE_CHECKING torch.nn.functional.Tensor
        torch.nn.functional.grad torch.nn.functional.handle_torch_function torch.nn.functional.has_torch_function
        torch.nn.functional.has_torch_function_unary torch.nn.functional.has_torch_function_variadic
        torch.nn.functional.reproducibility_notes torch.nn.functional.sparse_support_notes
        torch.nn.functional.tf32_notes torch.overrides.enable_reentrant_dispatch
        torch.utils.checkpoint.DefaultDeviceType torch.utils.checkpoint.GraphExecGroup""",
    "could be here, and is not yet": """
        embedding_bag torch.Tensor.grad_dtype torch.func.rearrange
        torch.nn.utils.parametrize.transfer_parametrizations_and_params torch.optim.swap_in_optimizer_params_and_state
        torch.utils.checkpoint.CheckpointPolicy torch.utils.checkpoint.SAC_IGNORED_OPS
        torch.utils.checkpoint.SelectiveCheckpointContext
        torch.utils.checkpoint.create_selective_checkpoint_contexts""",
}


def left_out() -> dict[str, str]:
    """The reason of each name, the module in front."""
    return {
        name if name.startswith("torch.") else f"torch.{name}": reason
        for reason, names in LEFT_OUT.items()
        for name in names.split()
    }
