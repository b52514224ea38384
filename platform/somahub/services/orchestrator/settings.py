"""Settings of the orchestrator and of its worker, from ``ORCHESTRATOR_*`` variables."""

from pydantic_settings import SettingsConfigDict

from somahub.serving import ServiceSettings


class Settings(ServiceSettings):
    """Where Temporal and the other services are; ``worker`` says whether the API's process runs the worker too."""

    model_config = SettingsConfigDict(env_prefix="ORCHESTRATOR_")

    port: int = 10001
    worker: bool = True
    worker_port: int = 10026
    temporal_address: str = "127.0.0.1:7233"
    temporal_namespace: str = "default"
    task_queue: str = "agents"
    policy_engine_url: str = "http://127.0.0.1:10020"
    memory_gateway_url: str = "http://127.0.0.1:10021"
    tool_service_url: str = "http://127.0.0.1:10022"
