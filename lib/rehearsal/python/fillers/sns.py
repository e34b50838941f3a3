from machinery import Property

FILLERS = [
    Property(
        "sns-topic-key",
        "AWS::SNS::Topic",
        lambda properties: properties.get("KmsMasterKeyId"),
        lambda services, topic, _: (
            services("sns").get_topic_attributes(TopicArn=topic)["Attributes"].get("KmsMasterKeyId")
        ),
        lambda services, topic, wanted, _: services("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=wanted
        ),
        lambda services, topic, _: services("sns").set_topic_attributes(
            TopicArn=topic, AttributeName="KmsMasterKeyId", AttributeValue=""
        ),
    ),
]
