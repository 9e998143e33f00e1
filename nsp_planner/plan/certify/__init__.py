"""What proves the bound of a plan, for a reader who trusts nobody. In: an instance, a plan. Out: a Certificate."""

from nsp_planner.plan.certify.certificate import Certificate, Proof, Tree
from nsp_planner.plan.certify.coordination import certify_coordination
from nsp_planner.plan.certify.levels import certify_local
from nsp_planner.plan.certify.packing import packed

__all__ = ["Certificate", "Proof", "Tree", "certify_coordination", "certify_local", "packed"]
