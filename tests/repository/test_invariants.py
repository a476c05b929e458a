"""What holds for the stacks of any project in any environment: the product's own tests, run over this repository's."""

from __future__ import annotations

from tests.stacks.test_access_denied import (
    test_a_missing_statement_of_any_role_is_named_with_its_stack_and_its_key,
    test_the_complete_template_of_every_role_grants_each_of_its_statements,
)
from tests.stacks.test_application import (
    test_every_value_that_a_stack_reads_is_written_by_another_one_of_its_environment,
    test_nothing_is_looked_up_in_an_account,
    test_nothing_needs_a_lambda_function_or_a_custom_resource_to_deploy,
)
from tests.stacks.test_aws_rules import (
    test_rule_4_every_job_of_the_deployed_definition_runs_in_the_network_with_keys_and_encryption,
    test_rule_10_the_network_belongs_to_the_environment_and_projects_add_security_groups_only,
    test_rule_14_every_key_that_encrypts_a_log_group_lets_cloudwatch_logs_use_it_for_this_stack_only,
    test_rule_16_retained_data_goes_only_when_its_first_deploy_fails,
    test_rule_17_every_network_stack_has_the_endpoints_of_the_table_and_no_other,
    test_rule_21_stacks_share_names_and_parameters_but_no_exports,
)
from tests.stacks.test_checkers import (
    test_cdk_nag_has_nothing_to_say_and_every_accepted_finding_is_still_found,
    test_findings_are_accepted_on_resources_only_each_with_a_reason,
    test_rule_19_cdks_own_validation_has_nothing_to_say_and_every_accepted_finding_is_still_found,
    test_what_cfn_lint_ignores_is_accepted_with_a_reason_too,
)
from tests.stacks.test_data_protection import (
    test_every_key_is_rotated,
    test_everything_that_takes_tags_says_project_environment_owner_and_cost_centre,
    test_no_bucket_is_public_or_open_to_acls_or_plain_http,
    test_stacks_that_hold_retained_data_are_protected_from_deletion,
    test_the_expiry_of_intermediate_outputs_never_reaches_models_or_data,
    test_the_logical_ids_of_stateful_resources_never_change,
)
from tests.stacks.test_network import (
    test_data_cannot_leave_through_s3s_endpoint_for_another_account,
    test_no_network_has_a_way_to_the_internet,
    test_nothing_is_in_a_default_security_group,
)
from tests.stacks.test_permissions import (
    test_every_role_is_trusted_for_one_service_in_its_own_account,
    test_every_statement_of_a_role_on_everything_is_listed_with_its_reason,
    test_no_policy_opens_anything_to_everyone,
    test_no_role_has_a_wildcard_action_or_a_managed_policy,
    test_wildcard_actions_stand_only_where_they_narrow_or_hand_over_to_iam,
)
