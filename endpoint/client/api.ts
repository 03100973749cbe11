/** The API's paths and shapes, generated from `endpoint/openapi.json` by `npm run endpoint:generate`. */
export interface paths {
  "/kubernetes/deployments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** My deployments */
    get: operations["listDeployments"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** How a deployment is doing */
    get: operations["getDeployment"];
    /**
     * Deploy a record, or bring a deployment up to it
     * @description Without a body the record that is kept is applied. Nothing restarts where nothing changed.
     */
    put: operations["putDeployment"];
    post?: never;
    /** Delete a deployment and all that belongs to it */
    delete: operations["deleteDeployment"];
    options?: never;
    head?: never;
    /** Change the number of replicas; 0 stops it */
    patch: operations["scaleDeployment"];
    trace?: never;
  };
  "/kubernetes/deployments/{id}/hooks/restart": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** Start its pods anew */
    get: operations["restartDeploymentByGet"];
    put?: never;
    /** Start its pods anew */
    post: operations["restartDeployment"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}/logs/{pod}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The log of a pod */
    get: operations["getLogs"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}/events/{pod}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** What happened to a pod */
    get: operations["getEvents"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}/pods/{pod}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    get?: never;
    put?: never;
    post?: never;
    /** Delete a pod; another takes its place */
    delete: operations["deletePod"];
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}/config": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The values of the deployment's config */
    get: operations["getConfig"];
    /**
     * Set the values of the deployment's config
     * @description All of them: what is left out is removed. Pods see them once they are started anew.
     */
    put: operations["putConfig"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/kubernetes/deployments/{id}/secret": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** The values of the deployment's secret */
    get: operations["getSecret"];
    /**
     * Set the values of the deployment's secret
     * @description All of them: what is left out is removed. Pods see them once they are started anew.
     */
    put: operations["putSecret"];
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/items/deployments": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** My records */
    get: operations["listItems"];
    put?: never;
    /** Keep a record, without deploying it */
    post: operations["createItem"];
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
  "/items/deployments/{id}": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** A record */
    get: operations["getItem"];
    put?: never;
    post?: never;
    /** Remove a record that is not deployed */
    delete: operations["deleteItem"];
    options?: never;
    head?: never;
    /** Change fields of a record; the deployment follows at the next PUT */
    patch: operations["updateItem"];
    trace?: never;
  };
  "/kubernetes/capacity": {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    /** GPUs of the cluster, by class */
    get: operations["getCapacity"];
    put?: never;
    post?: never;
    delete?: never;
    options?: never;
    head?: never;
    patch?: never;
    trace?: never;
  };
}
export type webhooks = Record<string, never>;
export interface components {
  schemas: {
    DeploymentRecord: {
      /** @description What people call it. */
      title: string;
      /** @description The YAML document of the deployment. */
      data: string;
      /** @description Name of the container that the web address leads to. */
      exposed_service?: string | null;
      /** @description Port of that container. */
      exposed_port?: number | null;
      /** @description First label of the web address: lower-case letters, digits and `-`, unique in the cluster. */
      exposed_hostname?: string | null;
    };
    DeploymentSpec: {
      /** @description The containers of each pod. */
      containers: {
        /** @description Name of the container. */
        name: string;
        /** @description Image, with its tag or digest. */
        image: string;
        /** @description Ports of the container; they get a Service. */
        ports?: {
          /** @description Name of the port, 15 characters at most. */
          name: string;
          /** @description Port that the container listens on, 1 to 65535. */
          port: number;
        }[];
        /** @description Cores: promised, and not exceeded. */
        cpu?: number;
        /** @description Memory in Gi: promised, and not exceeded. */
        memory?: number;
        /** @description Kind of GPU: a resource name, or a class of the cluster. */
        gpu?: string;
        /** @description Number of GPUs. */
        gpuCount?: number;
        /** @description Command, in place of the image's. */
        command?: string | string[];
        /** @description Arguments of the command. */
        args?: string[];
        /** @description Environment variables: each with `value`, `fromSecret` or `fromConfig`. */
        environment?: {
          /** @description Name of the variable. */
          name: string;
          /** @description Its value. */
          value?: string;
          /** @description Key of the deployment's secret that has its value. */
          fromSecret?: string;
          /** @description Key of the deployment's config that has its value. */
          fromConfig?: string;
        }[];
        /** @description As `replicas` at top level; the same for all containers. */
        replicas?: number;
        /** @description User that its processes run as. */
        user?: number;
        /** @description Group that its processes run as. */
        group?: number;
        /** @description User that its files belong to: its processes run as it. */
        fsUser?: number;
        /** @description Group that volumes belong to; the same for all containers that say it. */
        fsGroup?: number;
        /** @description Whether a volume is left alone that belongs to the group already. */
        changeGroupOnMismatch?: boolean;
        /** @description Volumes of the container. */
        volumeMounts?: {
          /** @description Name of a volume of `volumes`. */
          name: string;
          /** @description Absolute path in the container. */
          mountPath: string;
          /** @description Whether it is mounted read-only. */
          readOnly?: boolean;
          /** @description `ReadWriteOnce`, or `ReadWriteMany` for a volume of several replicas. */
          type?: string;
        }[];
      }[];
      /** @description Containers that run before, one after the other; with the keys of `containers` but `ports` and `replicas`. */
      initContainers?: {
        /** @description Name of the container. */
        name: string;
        /** @description Image, with its tag or digest. */
        image: string;
        /** @description Ports of the container; they get a Service. */
        ports?: {
          /** @description Name of the port, 15 characters at most. */
          name: string;
          /** @description Port that the container listens on, 1 to 65535. */
          port: number;
        }[];
        /** @description Cores: promised, and not exceeded. */
        cpu?: number;
        /** @description Memory in Gi: promised, and not exceeded. */
        memory?: number;
        /** @description Kind of GPU: a resource name, or a class of the cluster. */
        gpu?: string;
        /** @description Number of GPUs. */
        gpuCount?: number;
        /** @description Command, in place of the image's. */
        command?: string | string[];
        /** @description Arguments of the command. */
        args?: string[];
        /** @description Environment variables: each with `value`, `fromSecret` or `fromConfig`. */
        environment?: {
          /** @description Name of the variable. */
          name: string;
          /** @description Its value. */
          value?: string;
          /** @description Key of the deployment's secret that has its value. */
          fromSecret?: string;
          /** @description Key of the deployment's config that has its value. */
          fromConfig?: string;
        }[];
        /** @description As `replicas` at top level; the same for all containers. */
        replicas?: number;
        /** @description User that its processes run as. */
        user?: number;
        /** @description Group that its processes run as. */
        group?: number;
        /** @description User that its files belong to: its processes run as it. */
        fsUser?: number;
        /** @description Group that volumes belong to; the same for all containers that say it. */
        fsGroup?: number;
        /** @description Whether a volume is left alone that belongs to the group already. */
        changeGroupOnMismatch?: boolean;
        /** @description Volumes of the container. */
        volumeMounts?: {
          /** @description Name of a volume of `volumes`. */
          name: string;
          /** @description Absolute path in the container. */
          mountPath: string;
          /** @description Whether it is mounted read-only. */
          readOnly?: boolean;
          /** @description `ReadWriteOnce`, or `ReadWriteMany` for a volume of several replicas. */
          type?: string;
        }[];
      }[];
      /** @description Volumes that the containers mount. */
      volumes?: {
        /** @description Name of the volume. */
        name: string;
        /** @description Size of a volume that lasts: a number with `Mi` or `Gi`. */
        size?: string;
        /** @description As `type` of a mount: `ReadWriteOnce` or `ReadWriteMany`. */
        type?: string;
        /** @description In place of `size`: memory that is lost with the pod, such as for `/dev/shm`. */
        emptyDir?: {
          /** @description Its size in Mi. */
          sizeLimit: number;
        };
      }[];
      /** @description Number of pods, with load balancing; 0 is stopped. */
      replicas?: number;
      /** @description `Always`: the only one that a deployment can have. */
      restartPolicy?: string;
    };
    DeploymentStatus: {
      /** @description Pods that there are to be. */
      replicas: number;
      /** @description Pods of the present version that there are. */
      currentReplicas: number;
      pods: {
        name: string;
        /** @description `Pending`, `Running`, `Succeeded`, `Failed` or `Unknown`. */
        phase: string;
        containers: {
          name: string;
          /** @description Whether it takes requests. */
          ready: boolean;
          /** @description Whether it has started. */
          started: boolean;
        }[];
        /** @description Only of pods that have some. */
        initContainers?: {
          name: string;
          /** @description Whether it takes requests. */
          ready: boolean;
          /** @description Whether it has started. */
          started: boolean;
        }[];
      }[];
      volumes: {
        /** @description The volume's name in the document. */
        name: string;
        /** @description `Pending`, `Bound` or `Lost`. */
        phase: string;
        /** @description Its size; until it is bound, the one that was asked for. */
        capacity: string;
        /** @description `ReadWriteOnce` or `ReadWriteMany`. */
        type: string;
      }[];
    };
    PodEvent: {
      creationTimestamp: string;
      note: string;
      reason: string;
      /** @description `Normal` or `Warning`. */
      type: string;
    };
    Errors: {
      errors: {
        /** @description Where, such as `containers[0].cpu`. */
        path?: string;
        /** @description What is wrong, what is allowed, and what to do. */
        message: string;
      }[];
    };
    Values: {
      /** @description YAML text, or an object: keys with their values. */
      data:
        | string
        | {
            [key: string]: string | number | boolean;
          };
    };
    KeptValues: {
      data: {
        [key: string]: string;
      };
    };
    RecordChange: {
      /** @description What people call it. */
      title?: string;
      /** @description The YAML document of the deployment. */
      data?: string;
      /** @description Name of the container that the web address leads to. */
      exposed_service?: string | null;
      /** @description Port of that container. */
      exposed_port?: number | null;
      /** @description First label of the web address: lower-case letters, digits and `-`, unique in the cluster. */
      exposed_hostname?: string | null;
    };
    NewItem: {
      /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
      id?: string;
      /** @description What people call it. */
      title: string;
      /** @description The YAML document of the deployment. */
      data: string;
      /** @description Name of the container that the web address leads to. */
      exposed_service?: string | null;
      /** @description Port of that container. */
      exposed_port?: number | null;
      /** @description First label of the web address: lower-case letters, digits and `-`, unique in the cluster. */
      exposed_hostname?: string | null;
    };
    Item: {
      /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
      id: string;
      /** @description What people call it. */
      title: string;
      /** @description The YAML document of the deployment. */
      data: string;
      /** @description Name of the container that the web address leads to. */
      exposed_service?: string | null;
      /** @description Port of that container. */
      exposed_port?: number | null;
      /** @description First label of the web address: lower-case letters, digits and `-`, unique in the cluster. */
      exposed_hostname?: string | null;
    };
    Deployment: {
      id: string;
      title: string;
      /** @description Whether PUT was called for it. */
      deployed: boolean;
      /** @description Where it is reached from outside. */
      url?: string;
      status?: components["schemas"]["DeploymentStatus"];
    };
    Data: {
      [key: string]: string;
    };
    Removed: {
      /** @description What was deleted, as kind/name. */
      removed: string[];
      /** @description Volumes that stay, as kind/name. */
      kept: string[];
    };
    Gpu: {
      class: string;
      resource: string;
      total: number;
      used: number;
      free: number;
    };
    Done: {
      success: boolean;
    };
  };
  responses: never;
  parameters: never;
  requestBodies: never;
  headers: never;
  pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
  listDeployments: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them, by id. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Deployment"][];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getDeployment: {
    parameters: {
      query?: {
        /** @description Of the header Resource-Version: waits until this is known here, for 5 s at most. */
        resourceVersion?: string;
      };
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description Its status. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeploymentStatus"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  putDeployment: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: {
      content: {
        "application/json": components["schemas"]["DeploymentRecord"];
      };
    };
    responses: {
      /** @description It was there before. */
      200: {
        headers: {
          /** @description For `?resourceVersion=` of GET: it answers once it knows of what this request did. */
          "resource-version"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeploymentSpec"];
        };
      };
      /** @description It is new. */
      201: {
        headers: {
          /** @description For `?resourceVersion=` of GET: it answers once it knows of what this request did. */
          "resource-version"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["DeploymentSpec"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  deleteDeployment: {
    parameters: {
      query?: {
        /** @description Whether its volumes stay. Without it the operator's setting holds. */
        keepVolumes?: boolean;
      };
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is gone. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Removed"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  scaleDeployment: {
    parameters: {
      query: {
        scale: number;
      };
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is done. */
      200: {
        headers: {
          /** @description For `?resourceVersion=` of GET: it answers once it knows of what this request did. */
          "resource-version"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  restartDeploymentByGet: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is done. */
      200: {
        headers: {
          /** @description For `?resourceVersion=` of GET: it answers once it knows of what this request did. */
          "resource-version"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  restartDeployment: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is done. */
      200: {
        headers: {
          /** @description For `?resourceVersion=` of GET: it answers once it knows of what this request did. */
          "resource-version"?: string;
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Done"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getLogs: {
    parameters: {
      query?: {
        /** @description Name of the container; needed where the pod has several. */
        container?: string;
        /** @description Only what was written in the last seconds. */
        sinceSeconds?: number;
        /** @description Only the last lines. */
        tailLines?: number;
        /** @description The log of the run before the last restart. */
        previous?: boolean;
        /** @description A time before each line. */
        timestamps?: boolean;
        /** @description Goes on as long as the pod does. */
        follow?: boolean;
      };
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
        /** @description Name of the pod: lower-case letters, digits, - and . */
        pod: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The log. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "text/plain": string;
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getEvents: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
        /** @description Name of the pod: lower-case letters, digits, - and . */
        pod: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The latest last. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["PodEvent"][];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  deletePod: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
        /** @description Name of the pod: lower-case letters, digits, - and . */
        pod: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is gone. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            deleted: string;
          };
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getConfig: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All values. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["KeptValues"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  putConfig: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Values"];
      };
    };
    responses: {
      /** @description As they are kept now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Data"];
        };
      };
      /** @description As they are kept now; there were none. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Data"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getSecret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All values. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["KeptValues"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  putSecret: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["Values"];
      };
    };
    responses: {
      /** @description As they are kept now. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Data"];
        };
      };
      /** @description As they are kept now; there were none. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Data"];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  listItems: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description All of them, by id. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Item"][];
          };
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  createItem: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["NewItem"];
      };
    };
    responses: {
      /** @description The record. */
      201: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Item"];
          };
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getItem: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description The record. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Item"];
          };
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  deleteItem: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description It is gone. */
      204: {
        headers: {
          [name: string]: unknown;
        };
        content?: never;
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  updateItem: {
    parameters: {
      query?: never;
      header?: never;
      path: {
        /** @description The deployment's id: letters, digits, -, _ and ., 63 at most. */
        id: string;
      };
      cookie?: never;
    };
    requestBody: {
      content: {
        "application/json": components["schemas"]["RecordChange"];
      };
    };
    responses: {
      /** @description The record. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": {
            data: components["schemas"]["Item"];
          };
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
  getCapacity: {
    parameters: {
      query?: never;
      header?: never;
      path?: never;
      cookie?: never;
    };
    requestBody?: never;
    responses: {
      /** @description One entry for each class. */
      200: {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Gpu"][];
        };
      };
      /** @description It is refused, for reasons that the client can do something about. */
      "4XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
      /** @description It cannot be done now. */
      "5XX": {
        headers: {
          [name: string]: unknown;
        };
        content: {
          "application/json": components["schemas"]["Errors"];
        };
      };
    };
  };
}
