"""The repairs of RDS, Application Auto Scaling and ElastiCache, each proved with it and without it."""

from floodgate.offline.transport import NotOffline, OfflineFault

READERS = {"ServiceNamespace": "rds", "ScalableDimension": "rds:cluster:ReadReplicaCount", "ResourceId": "cluster:db"}
SECRET = "arn:aws:secretsmanager:x:1:secret:y"
CPU = {
    "TargetValue": 60.0,
    "PredefinedMetricSpecification": {"PredefinedMetricType": "RDSReaderAverageCPUUtilization"},
}


def subnets(aws):
    vpc = aws.ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = [
        aws.ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{i}.0/24", AvailabilityZone=f"ap-northeast-2{z}")
        for i, z in enumerate("abc")
    ]
    return [one["Subnet"]["SubnetId"] for one in made]


def cluster(aws, **more):
    aws.rds.create_db_subnet_group(DBSubnetGroupName="data", DBSubnetGroupDescription="d", SubnetIds=subnets(aws))
    return aws.rds.create_db_cluster(
        DBClusterIdentifier="db",
        Engine="aurora-postgresql",
        MasterUsername="app",
        ManageMasterUserPassword=True,
        DBSubnetGroupName="data",
        **more,
    )["DBCluster"]


def member(aws, name, **more):
    return aws.rds.create_db_instance(
        DBInstanceIdentifier=name, DBClusterIdentifier="db", Engine="aurora-postgresql", DBInstanceClass="db.r8g.large",
        **more,
    )["DBInstance"]  # fmt: skip


def test_instances_have_identities_of_their_own_and_spread_over_the_zones(proves):
    def proof(aws):
        cluster(aws)
        made = [member(aws, name) for name in ("one", "two", "three")]

        assert len({one["DbiResourceId"] for one in made}) == 3
        assert sorted(one["AvailabilityZone"] for one in made) == [f"ap-northeast-2{z}" for z in "abc"]

    proves(proof)


def test_storage_of_aurora_is_auroras(proves):
    def proof(aws):
        made = cluster(aws, StorageType="aurora-iopt1")

        assert (made["StorageType"], member(aws, "one")["StorageType"]) == ("aurora-iopt1", "aurora-iopt1")

    proves(proof, OfflineFault)


def test_insights_and_monitoring_are_told(proves):
    def proof(aws):
        cluster(aws, EnablePerformanceInsights=True, DatabaseInsightsMode="standard")
        member(aws, "one", EnablePerformanceInsights=True)
        (told,) = aws.rds.describe_db_clusters()["DBClusters"]
        (instance,) = aws.rds.describe_db_instances()["DBInstances"]

        assert (told["PerformanceInsightsEnabled"], told["DatabaseInsightsMode"]) == (True, "standard")
        assert instance["PerformanceInsightsRetentionPeriod"] == 7

    proves(proof, KeyError)


def test_keys_and_parameter_groups_are_those_of_the_engine(proves):
    def proof(aws):
        made = cluster(aws, EngineVersion="16", StorageEncrypted=True)

        assert made["KmsKeyId"].startswith("arn:aws:kms:ap-northeast-2:")
        assert made["DBClusterParameterGroup"] == "default.aurora-postgresql16"
        assert made["EngineVersion"].startswith("16."), "a major version alone means its newest minor one"

    proves(proof)


def test_engine_versions_are_told_and_are_of_this_decade(proves):
    def proof(aws):
        told = aws.rds.describe_db_engine_versions(Engine="postgres", DefaultOnly=True)["DBEngineVersions"]

        assert int(told[0]["EngineVersion"].partition(".")[0]) >= 17
        assert told[0]["DBParameterGroupFamily"].startswith("postgres")

    proves(proof, NotOffline)


def test_a_replica_is_another_instance(proves):
    def proof(aws):
        aws.rds.create_db_instance(
            DBInstanceIdentifier="one", Engine="postgres", DBInstanceClass="db.t4g.small", AllocatedStorage=20,
            MasterUsername="app", ManageMasterUserPassword=True, MultiAZ=True, BackupRetentionPeriod=1,
        )  # fmt: skip
        aws.rds.create_db_instance_read_replica(DBInstanceIdentifier="two", SourceDBInstanceIdentifier="one")
        one, two = aws.rds.describe_db_instances()["DBInstances"]

        assert one["DbiResourceId"] != two["DbiResourceId"]
        assert two["MultiAZ"] is False

    proves(proof)


def test_a_proxy_can_be_changed_and_knows_its_target(proves):
    def proof(aws):
        cluster(aws)
        aws.rds.create_db_proxy(
            DBProxyName="p", EngineFamily="POSTGRESQL", RoleArn="arn:aws:iam::123456789012:role/proxy",
            VpcSubnetIds=subnets(aws), Auth=[{"AuthScheme": "SECRETS", "SecretArn": SECRET}],
        )  # fmt: skip
        aws.rds.modify_db_proxy(DBProxyName="p", RequireTLS=True, IdleClientTimeout=600)
        register = {"DBProxyName": "p", "TargetGroupName": "default"}
        target = aws.rds.register_db_proxy_targets(**register, DBClusterIdentifiers=["db"])["DBProxyTargets"][0]
        pool = {"MaxConnectionsPercent": 80, "InitQuery": "SELECT 1"}
        aws.rds.modify_db_proxy_target_group(**register, ConnectionPoolConfig=pool)
        (told,) = aws.rds.describe_db_proxies()["DBProxies"]
        (group,) = aws.rds.describe_db_proxy_target_groups(DBProxyName="p")["TargetGroups"]

        assert (told["RequireTLS"], told["IdleClientTimeout"]) == (True, 600)
        assert (target["Port"], target["Role"]) == (5432, "READ_WRITE")
        assert group["ConnectionPoolConfig"]["InitQuery"] == "SELECT 1"
        assert aws.refused(aws.rds.register_db_proxy_targets, **register, DBClusterIdentifiers=["nobody"]) != ""

    proves(proof, NotOffline)


def test_readers_are_scaled_by_alarms_on_their_own_load(proves):
    def proof(aws):
        cluster(aws)
        client = aws.application_autoscaling
        client.register_scalable_target(**READERS, MinCapacity=1, MaxCapacity=3, Tags={"a": "b"})
        client.put_scaling_policy(
            PolicyName="cpu",
            PolicyType="TargetTrackingScaling",
            **READERS,
            TargetTrackingScalingPolicyConfiguration=CPU,
        )
        alarms = aws.cloudwatch.describe_alarms()["MetricAlarms"]
        (target,) = client.describe_scalable_targets(ServiceNamespace="rds")["ScalableTargets"]
        tags = client.list_tags_for_resource(ResourceARN=target["ScalableTargetARN"])["Tags"]
        client.deregister_scalable_target(**READERS)

        assert sorted(alarm["Threshold"] for alarm in alarms) == [54, 60]
        assert {"Name": "Role", "Value": "READER"} in alarms[0]["Dimensions"]
        assert (target["RoleARN"].rpartition("_")[2], tags) == ("RDSCluster", {"a": "b"})
        assert client.describe_scaling_policies(ServiceNamespace="rds")["ScalingPolicies"] == []

    proves(proof, (AssertionError, NotOffline))


def test_what_does_not_exist_is_not_scaled(proves):
    def proof(aws):
        client = aws.application_autoscaling
        nobody = aws.refused(client.register_scalable_target, **READERS, MinCapacity=1, MaxCapacity=3)
        cluster(aws)
        unregistered = aws.refused(
            client.put_scaling_policy, PolicyName="cpu", PolicyType="TargetTrackingScaling", **READERS,
            TargetTrackingScalingPolicyConfiguration=CPU,
        )  # fmt: skip

        assert (nobody, unregistered) == ("ValidationException", "ObjectNotFoundException")

    proves(proof)


def test_a_policy_is_found_by_its_name_and_its_whole_resource(proves):
    def proof(aws):
        cluster(aws)
        client = aws.application_autoscaling
        client.register_scalable_target(**READERS, MinCapacity=1, MaxCapacity=3)
        for name, kind in (("one", "CPUUtilization"), ("two", "DatabaseConnections")):
            metric = {"PredefinedMetricSpecification": {"PredefinedMetricType": f"RDSReaderAverage{kind}"}}
            client.put_scaling_policy(
                PolicyName=name, PolicyType="TargetTrackingScaling", **READERS,
                TargetTrackingScalingPolicyConfiguration=CPU | metric,
            )  # fmt: skip
        found = client.describe_scaling_policies(ServiceNamespace="rds", PolicyNames=["two"])["ScalingPolicies"]

        assert [one["PolicyName"] for one in found] == ["two"]

    proves(proof)


def replication_group(aws, **more):
    aws.elasticache.create_cache_subnet_group(
        CacheSubnetGroupName="data", CacheSubnetGroupDescription="d", SubnetIds=subnets(aws)
    )
    aws.elasticache.create_replication_group(
        ReplicationGroupId="line",
        ReplicationGroupDescription="d",
        Engine="valkey",
        CacheNodeType="cache.r7g.large",
        CacheSubnetGroupName="data",
        AutomaticFailoverEnabled=True,
        **more or {"NumCacheClusters": 2},
    )
    return aws.elasticache.describe_replication_groups()["ReplicationGroups"][0]


def test_a_replication_group_has_its_nodes_each_in_a_zone(proves):
    def proof(aws):
        told = replication_group(aws, NumCacheClusters=3)
        members = told["NodeGroups"][0]["NodeGroupMembers"]
        clusters = aws.elasticache.describe_cache_clusters()["CacheClusters"]

        assert [node["PreferredAvailabilityZone"] for node in members] == [f"ap-northeast-2{z}" for z in "abc"]
        assert [one["CacheClusterId"] for one in clusters] == told["MemberClusters"]
        assert {one["CacheSubnetGroupName"] for one in clusters} == {"data"}

    proves(proof)


def test_several_shards_are_cluster_mode(proves):
    def proof(aws):
        told = replication_group(aws, NumNodeGroups=2, ReplicasPerNodeGroup=1)

        assert (told["ClusterEnabled"], len(told["MemberClusters"])) == (True, 4)
        assert ".apn2.cache." in told["ConfigurationEndpoint"]["Address"]

    proves(proof)


def test_endpoints_are_the_same_in_every_run(proves):
    def proof(aws):
        other = type(aws)()

        assert replication_group(aws)["NodeGroups"] == replication_group(other)["NodeGroups"]

    proves(proof)


def test_subnets_of_a_group_tell_their_zones(proves):
    def proof(aws):
        replication_group(aws)
        (group,) = aws.elasticache.describe_cache_subnet_groups()["CacheSubnetGroups"]

        assert group["Subnets"][0]["SubnetAvailabilityZone"]["Name"] == "ap-northeast-2a"

    proves(proof, (AssertionError, KeyError, OfflineFault))


def test_parameter_groups_are_made_set_and_used(proves):
    def proof(aws):
        client, name = aws.elasticache, {"CacheParameterGroupName": "mine"}
        code = aws.refused(replication_group, aws=aws, NumCacheClusters=2, **name)
        client.create_cache_parameter_group(**name, CacheParameterGroupFamily="valkey8", Description="d")
        pair = {"ParameterName": "maxmemory-policy", "ParameterValue": "noeviction"}
        client.modify_cache_parameter_group(**name, ParameterNameValues=[pair])
        (told,) = client.describe_cache_parameters(**name)["Parameters"]

        assert code == "CacheParameterGroupNotFound"
        assert told["ParameterValue"] == "noeviction"

    proves(proof, NotOffline)


def test_users_are_grouped(proves):
    def proof(aws):
        client = aws.elasticache
        client.create_user(
            UserId="u", UserName="u", Engine="valkey", AccessString="on ~* +@all", NoPasswordRequired=True
        )
        client.create_user_group(UserGroupId="g", Engine="valkey", UserIds=["u"])

        assert client.describe_users(UserId="u")["Users"][0]["UserGroupIds"] == ["g"]
        assert aws.refused(client.create_user_group, UserGroupId="h", Engine="valkey", UserIds=["no"]) == "UserNotFound"

    proves(proof, NotOffline)


def test_serverless_caches_are_records(proves):
    def proof(aws):
        aws.elasticache.create_serverless_cache(ServerlessCacheName="s", Engine="valkey")
        (told,) = aws.elasticache.describe_serverless_caches()["ServerlessCaches"]

        assert (told["Status"], told["Endpoint"]["Port"]) == ("available", 6379)

    proves(proof, NotOffline)
