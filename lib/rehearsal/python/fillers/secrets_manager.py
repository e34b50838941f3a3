from machinery import Property


def current_versions(services, secret, _properties):
    found = services("secretsmanager").describe_secret(SecretId=secret).get("VersionIdsToStages") or {}
    return [version for version, stages in found.items() if "AWSCURRENT" in stages]


def withdraw_current_versions(services, secret, _wanted, _properties):
    for version in current_versions(services, secret, _properties):
        services("secretsmanager").update_secret_version_stage(
            SecretId=secret, VersionStage="AWSCURRENT", RemoveFromVersionId=version
        )


FILLERS = [
    Property(
        "secrets-manager-empty-secret",
        "AWS::SecretsManager::Secret",
        lambda properties: None if {"SecretString", "GenerateSecretString"} & set(properties) else [],
        current_versions,
        withdraw_current_versions,
        on_create_only=True,
    ),
]
