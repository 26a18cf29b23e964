// The fields of RabbitmqCluster that the examples may use. No package has its types; this is written from the custom resource definition of the
// RabbitMQ Cluster Operator (rabbitmq/cluster-operator, config/crd/bases, after v2.22.3). What is not here counts as unknown.
import type { IAffinity } from "kubernetes-models/v1/Affinity";
import type { IResourceRequirements } from "kubernetes-models/v1/ResourceRequirements";

export interface IRabbitmqCluster {
  apiVersion: "rabbitmq.com/v1beta1";
  kind: "RabbitmqCluster";
  metadata: { name: string; namespace?: string; labels?: Record<string, string> };
  spec: {
    image?: string;
    replicas?: number;
    terminationGracePeriodSeconds?: number;
    resources?: IResourceRequirements;
    affinity?: IAffinity;
    persistence?: { storageClassName?: string; storage?: string | number };
    rabbitmq?: { additionalConfig?: string; additionalPlugins?: string[] };
    tls?: { secretName?: string; caSecretName?: string; disableNonTLSListeners?: boolean };
  };
}
