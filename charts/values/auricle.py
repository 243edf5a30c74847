"""Values of charts/auricle."""

from typing import Any, Literal

from pydantic import Field

from values.closed import Closed, Resources
from values.services import Services, Shared


class Image(Closed):
    repository: str = Field(min_length=1, description="Where it is pulled from.")
    tag: str = Field(pattern="^v?[0-9]", description="Its version; never `latest`, which defeats the node's cache.")


class Images(Closed):
    cpu: Image = Field(description="Every CPU service (services/Dockerfile).")
    asr: Image = Field(description="asr with CUDA.")
    vllm: Image = Field(description="vLLM's own.")
    trainer: Image = Field(description="The trainer with torch.")
    aws_cli: Image = Field(description="Copies weights and adapters from S3.")
    redis: Image = Field(description="The trial Redis.")
    postgres: Image = Field(description="The trial Postgres.")


class ServiceAccount(Closed):
    name: str = Field(min_length=1, description="For Pod Identity: associate a role with this name.")
    annotations: dict[str, str] = Field(description="For IRSA: eks.amazonaws.com/role-arn.")


class Network(Closed):
    policies: bool = Field(description="NetworkPolicies; needed where k8s/default-deny.yaml is applied.")
    stores: list[str] = Field(description="Where managed Redis and Postgres may be, as CIDRs.")
    kubernetes: list[str] = Field(
        description="Where the cluster's API is, as CIDRs: for keeper, with `trainer.onRequest` only."
    )
    internet: bool = Field(description="Let services marked `outside` reach port 443 of anywhere.")


class Ingress(Closed):
    enabled: bool = Field(description="Make one: /v1 to the gateway, the rest to the console.")
    class_name: str = Field(
        description="Ingress class; with `nginx` bodies, buffers and timeouts are set for uploads and events."
    )
    host: str = Field(description="Its name; also how upload addresses begin.")
    tls_secret: str = Field(description="Certificate; empty: the load balancer has it.")
    annotations: dict[str, str] = Field(description="Of the controller in use.")


class Blobs(Closed):
    claim: str = Field(description="Existing volume claim for file:// blobs; empty: one is made.")
    size: str = Field(pattern="^[0-9]+(Mi|Gi|Ti)$", description="Of the one that is made.")


class Vllm(Closed):
    enabled: bool = Field(description="Run vLLM; off: `services.llm`, or AURICLE_MODEL_URL of a server of yours.")
    model: str = Field(min_length=1, description="Weights: s3://… or a name.")
    load_format: str = Field(description="How they are read; runai_streamer reads S3 straight into the GPU.")
    adapters: str = Field(pattern="^(s3://.+)?$", description="Folder of LoRA adapters; copied again every minute.")
    cache: str = Field(
        pattern="^(s3://.+)?$", description="Folder that keeps compile caches; empty: they go with the pod."
    )
    pool: Literal["speech", "language"] = Field(description="Karpenter's pool of GPU nodes.")
    gpus: int = Field(ge=1, description="GPUs of one pod.")
    max_model_len: int = Field(ge=512, description="Context in tokens.")
    max_loras: int = Field(ge=1, description="Adapters on the GPU at once.")
    max_lora_rank: Literal[8, 16, 32, 64, 128, 256, 320, 512] = Field(
        description="The highest rank of an adapter; vLLM refuses those above."
    )
    shutdown_seconds: int = Field(
        ge=1, le=100, description="Time for requests in flight after SIGTERM; vLLM's default is none."
    )
    extra_args: list[str] = Field(description="Further arguments of `vllm serve`.")
    resources: Resources = Field(description="What it needs (estimate).")


class Trainer(Closed):
    enabled: bool = Field(description="Have it ready as a CronJob.")
    on_request: bool = Field(
        description="Let keeper make Jobs of it when a training is asked for, on the page or by a workspace's schedule."
    )
    schedule: str = Field(description="When it runs; empty: only when somebody makes a Job of it.")
    command: list[str] = Field(min_length=1, description="What it runs; it resumes from its work folder.")
    claim: str = Field(description="Existing volume claim for the work folder; empty: one is made.")
    storage: str = Field(pattern="^[0-9]+(Mi|Gi|Ti)$", description="Of the one that is made.")
    pool: Literal["speech", "language"] = Field(description="Karpenter's pool of GPU nodes.")
    gpus: int = Field(ge=0, description="GPUs of the pod.")
    resources: Resources = Field(description="What it needs (estimate).")


class Migrations(Closed):
    enabled: bool = Field(description="Bring the database to the newest revision before an upgrade.")


class Trials(Closed):
    enabled: bool = Field(description="Redis and Postgres in the cluster: one pod each, no replica, no backup.")
    password: str = Field(pattern="^[A-Za-z0-9_-]*$", description="Of both, and the seed of the other secrets.")
    storage: str = Field(pattern="^[0-9]+(Mi|Gi|Ti)$", description="Of each.")


class Values(Closed):
    """Values of charts/auricle."""

    model_config = Closed.model_config | {"title": "Values of charts/auricle"}
    images: Images
    pull_secrets: list[str] = Field(description="Secrets for the registry.")
    secret: str = Field(
        min_length=1, description="Existing Secret with every address and password; unused with `trials`."
    )
    settings: Shared = Field(description="What several processes are told.")
    service_account: ServiceAccount
    priority_classes: bool = Field(description="Use the PriorityClasses of k8s/.")
    monitoring: bool = Field(description="PodMonitors, alerts and dashboards; needs prometheus-operator.")
    network: Network
    ingress: Ingress
    blobs: Blobs
    services: Services
    vllm: Vllm
    trainer: Trainer
    migrations: Migrations
    trials: Trials
    keda: dict[str, Any] = Field(description="Values of keda/; its own schema closes them.")
    karpenter: dict[str, Any] = Field(description="Values of karpenter/; its own schema closes them.")
    global_: dict[str, Any] = Field(default_factory=dict, alias="global", description="Helm's own.")
