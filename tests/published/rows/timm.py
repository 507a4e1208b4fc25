"""One image model of each family, its smallest, on 64 x 64 images in double precision."""

from __future__ import annotations

from pathlib import Path

from tests.published.program import Program, Repository
from tests.published.record import Record
from tests.published.train import train

MODELS = {  # the file of timm.models: a model of it, the arguments, the size of the images
    "beit": ("beit_base_patch16_224", "img_size=32, depth=2, embed_dim=48, num_heads=4", 32),
    "byoanet": ("halonet26t", "", 256),
    "byoanet bottleneck": ("botnet26t_256", "img_size=64", 64),
    "byobnet": ("test_byobnet", "", 64),
    "byobnet gernet": ("gernet_s", "", 64),
    "byobnet repvgg": ("repvgg_a0", "", 64),
    "byobnet mobileone": ("mobileone_s0", "", 64),
    "cait": ("cait_xxs24_224", "img_size=32, depth=2", 32),
    "coat": ("coat_lite_tiny", "img_size=64", 64),
    "coat parallel": ("coat_tiny", "img_size=64", 64),
    "convit": ("convit_tiny", "img_size=64, depth=12", 64),
    "convmixer": ("convmixer_768_32", "", 64),
    "convnext": ("test_convnext", "", 64),
    "convnext v2": ("convnextv2_atto", "", 64),
    "cpubone": ("cpubone_nano", "", 64),
    "crossvit": ("crossvit_9_240", "", 240),
    "csatv2": ("csatv2", "img_size=512", 512),
    "cspnet": ("cspresnet50", "", 64),
    "cspnet darknet": ("cspdarknet53", "", 64),
    "davit": ("davit_tiny", "", 64),
    "deit": ("deit_tiny_patch16_224", "img_size=32, depth=2", 32),
    "deit distilled": ("deit_tiny_distilled_patch16_224", "img_size=32, depth=2", 32),
    "densenet": ("densenet121", "", 64),
    "dla": ("dla46_c", "", 64),
    "dpn": ("dpn48b", "", 64),
    "edgenext": ("edgenext_xx_small", "", 64),
    "efficientformer": ("efficientformer_l1", "", 224),
    "efficientformer_v2": ("efficientformerv2_s0", "", 224),
    "efficientnet": ("test_efficientnet", "", 64),
    "efficientnet b0": ("efficientnet_b0", "", 64),
    "efficientnet mixnet": ("mixnet_s", "", 64),
    "efficientnet mnasnet": ("mnasnet_050", "", 64),
    "efficientvit_mit": ("efficientvit_b0", "", 64),
    "efficientvit_msra": ("efficientvit_m0", "img_size=64", 64),
    "eva": ("eva02_tiny_patch14_224", "img_size=28, depth=2", 28),
    "fasternet": ("fasternet_t0", "", 64),
    "fastvit": ("fastvit_t8", "", 64),
    "focalnet": ("focalnet_tiny_srf", "", 64),
    "gcvit": ("gcvit_xxtiny", "img_size=224", 224),
    "gemma4_vit": ("gemma4_vit_167m", "depth=2, embed_dim=48, num_heads=4", 48),
    "ghostnet": ("ghostnet_050", "", 64),
    "ghostnet v2": ("ghostnetv2_100", "", 64),
    "hardcorenas": ("hardcorenas_a", "", 64),
    "hgnet": ("hgnetv2_b0", "", 64),
    "hiera": ("hiera_tiny_224", "img_size=64", 64),
    "hieradet_sam2": ("sam2_hiera_tiny", "", 224),
    "hrnet": ("hrnet_w18_small", "", 64),
    "inception_next": ("inception_next_atto", "", 64),
    "inception_resnet_v2": ("inception_resnet_v2", "", 96),
    "inception_v3": ("inception_v3", "", 160),
    "inception_v4": ("inception_v4", "", 96),
    "levit": ("levit_128s", "img_size=224", 224),
    "mambaout": ("test_mambaout", "", 64),
    "maxxvit coat": ("coatnet_pico_rw_224", "img_size=64", 64),
    "maxxvit max": ("maxvit_pico_rw_256", "img_size=64", 64),
    "metaformer": ("poolformer_s12", "", 64),
    "metaformer caformer": ("caformer_s18", "", 64),
    "mlp_mixer": ("mixer_s32_224", "img_size=64", 64),
    "mlp_mixer gmlp": ("gmlp_s16_224", "img_size=64", 64),
    "mlp_mixer resmlp": ("resmlp_12_224", "img_size=64", 64),
    "mobilenetv3": ("mobilenetv3_small_050", "", 64),
    "mobilenetv4": ("mobilenetv4_conv_small", "", 64),
    "mobilenetv5": ("mobilenetv5_base", "", 64),
    "mobilevit": ("mobilevit_xxs", "", 64),
    "mobilevit v2": ("mobilevitv2_050", "", 64),
    "mvitv2": ("mvitv2_tiny", "img_size=64", 64),
    "naflexvit": ("naflexvit_base_patch16_gap", "depth=2, embed_dim=48, num_heads=4", 64),
    "nasnet": ("nasnetalarge", "", 96),
    "nest": ("nest_tiny", "img_size=64", 64),
    "nextvit": ("nextvit_small", "", 64),
    "nfnet": ("test_nfnet", "", 64),
    "pit": ("pit_ti_224", "img_size=64", 64),
    "pnasnet": ("pnasnet5large", "", 96),
    "pvt_v2": ("pvt_v2_b0", "", 64),
    "rdnet": ("rdnet_tiny", "", 64),
    "regnet": ("regnetx_002", "", 64),
    "regnet y": ("regnety_002", "", 64),
    "repghost": ("repghostnet_050", "", 64),
    "repvit": ("repvit_m0_9", "", 64),
    "res2net": ("res2net50_14w_8s", "", 64),
    "resnest": ("resnest14d", "", 64),
    "resnet": ("test_resnet", "", 64),
    "resnet 18": ("resnet18", "", 64),
    "resnet ecaresnet": ("ecaresnet26t", "", 64),
    "resnet blur pool": ("resnetblur18", "", 64),
    "resnetv2": ("resnetv2_18", "", 64),
    "resnetv2 bit": ("resnetv2_50x1_bit", "", 64),
    "rexnet": ("rexnet_100", "", 64),
    "selecsls": ("selecsls42b", "", 64),
    "senet": ("legacy_seresnet18", "", 64),
    "sequencer": ("sequencer2d_s", "layers=(1, 1, 1, 1)", 224),
    "shvit": ("shvit_s1", "", 64),
    "sknet": ("skresnet18", "", 64),
    "starnet": ("starnet_s050", "", 64),
    "swiftformer": ("swiftformer_xs", "", 64),
    "swin_transformer": ("swin_tiny_patch4_window7_224", "img_size=56, depths=(1, 1, 2, 1), window_size=7", 56),
    "swin_transformer_v2": ("swinv2_tiny_window8_256", "img_size=64, depths=(1, 1, 2, 1)", 64),
    "swin_transformer_v2_cr": ("swinv2_cr_tiny_224", "img_size=64, depths=(1, 1, 2, 1)", 64),
    "tiny_vit": ("tiny_vit_5m_224", "", 224),
    "tnt": ("tnt_s_patch16_224", "img_size=64, depth=2", 64),
    "tresnet": ("tresnet_m", "", 64),
    "twins": ("twins_svt_small", "img_size=64", 64),
    "twins pcpvt": ("twins_pcpvt_small", "img_size=64", 64),
    "vgg": ("vgg11", "", 64),
    "vgg normalized": ("vgg11_bn", "", 64),
    "visformer": ("visformer_tiny", "img_size=64", 64),
    "vision_transformer": ("test_vit", "img_size=32", 32),
    "vision_transformer more": ("test_vit3", "img_size=32", 32),
    "vision_transformer_hybrid": ("vit_tiny_r_s16_p8_224", "img_size=64, depth=2", 64),
    "vision_transformer_relpos": ("vit_relpos_small_patch16_224", "img_size=64, depth=2", 64),
    "vision_transformer_sam": ("samvit_base_patch16_224", "img_size=64, depth=2", 64),
    "vitamin": ("vitamin_small_224", "img_size=64", 64),
    "volo": ("volo_d1_224", "img_size=64", 64),
    "vovnet": ("ese_vovnet19b_slim_dw", "", 64),
    "xception": ("legacy_xception", "", 64),
    "xception_aligned": ("xception41", "", 64),
    "xcit": ("xcit_nano_12_p16_224", "img_size=64", 64),
}


def model(name: str, architecture: str, given: str, size: int) -> Program:
    """A step of training, and evaluation."""

    def run(root: Path, record: Record) -> None:
        import timm
        import torch

        net = timm.create_model(architecture, num_classes=5, **eval(f"dict({given})")).double()
        with torch.no_grad():  # a head or a residual branch that starts with zeros would hide what lies before it
            for p in net.parameters():
                if (p == p.flatten()[0]).all():
                    p.add_(torch.randn_like(p), alpha=0.1)
        batch = 4 if size <= 96 else 2
        images = torch.randn(batch, 3, size, size, dtype=torch.float64)
        train(record, net, lambda: net(images), steps=1)

    return Program(f"{name}: {architecture}", run, limit=150)


REPOSITORY = Repository(
    "pytorch-image-models",
    "aa4b5850c1543fa488abf260f18390eda46cf85d",
    [model(name, *row) for name, row in MODELS.items()],
    imports=("timm",),
)
