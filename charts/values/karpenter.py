"""Values of karpenter/."""

from typing import Annotated, Any, Literal

from pydantic import Field

from values.closed import Closed

Tags = dict[str, str]
Duration = Annotated[str, Field(pattern="^(([0-9]+(s|m|h))+|Never)$")]
Gpu = Literal["t4", "a10g", "l4", "l40s", "a100", "h100", "h200"]
Capacity = Literal["reserved", "spot", "on-demand"]


class NodeClass(Closed):
    cluster_name: str = Field(
        max_length=100, description="Name of the EKS cluster: subnets and security groups carry it as a tag."
    )
    role: str = Field(
        json_schema_extra={"not": {"pattern": "^arn:"}}, description="IAM role of the nodes: its name, not its ARN."
    )
    ami: str = Field(
        pattern=r"^bottlerocket@v[0-9]+\.[0-9]+\.[0-9]+$", description="AMI alias; a new one drifts every node."
    )
    data_volume_size: str = Field(
        pattern="^[0-9]+Gi$", description="Of the data volume, used where an instance has no NVMe."
    )
    data_volume_iops: int = Field(ge=3000, le=16000, description="Its IOPS (gp3).")
    data_volume_throughput: int = Field(ge=125, le=1000, description="Its throughput in MiB/s (gp3).")
    concurrent_downloads: int = Field(ge=1, description="Layers of one image that are downloaded at once.")
    concurrent_unpacks: int = Field(ge=1, description="Layers of one image that are unpacked at once.")
    reservation_tags: Tags = Field(description="Tags of EC2 capacity reservations that may be used first; empty: none.")
    tags: Tags = Field(description="Tags on instances and volumes, for the bill.")


class Pool(Closed):
    gpus: int = Field(ge=0, description="Most GPUs in the pool.")
    gpu_names: list[Gpu] = Field(min_length=1, description="Accepted GPUs, as Karpenter labels them.")
    max_cpu: int = Field(ge=1, description="Most vCPUs of an instance.")
    min_memory_mib: int = Field(ge=1, description="Least memory of an instance.")
    capacity_types: list[Capacity] = Field(
        min_length=1, json_schema_extra={"uniqueItems": True}, description="The order is Karpenter's own."
    )
    consolidate_after: Duration = Field(description="How long a node stays empty before it goes.")
    expire_after: Duration = Field(description="Age at which a node is replaced even if busy.")
    termination_grace_period: str = Field(
        pattern="^([0-9]+(s|m|h))+$", description="Most time that a node's pods get to end."
    )


class KarpenterValues(Closed):
    """Values of karpenter/."""

    enabled: bool = Field(description="Make the pools; off where Karpenter is not installed.")
    node_class: NodeClass
    speech: Pool
    language: Pool
    global_: dict[str, Any] = Field(default_factory=dict, alias="global", description="Helm's own.")
